/** Controls, marks that turn the direction of writing, separators and halves of characters: none may reach a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/** The text with what a terminal would obey written as \u…, which JSON reads as the same character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeUnits)
}

/** The same line by line: ends of lines stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => escapeUnit(character.charCodeAt(unit))).join('')
}

function escapeUnit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`
}
