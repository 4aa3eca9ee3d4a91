import type { Option, Shape } from './command.ts'

/**
 * A completion for bash, to be sourced: words, options and their choices from the tables of commands, and names of users,
 * gateways, groups, hosts and tokens from the service, which is asked as the command itself would ask it.
 */
export function bashCompletion(shapes: readonly Shape[]): string {
  const options = shapes.flatMap((shape) => Object.entries(shape.options))
  const choices = options.flatMap(([name, { choices }]) => (choices === undefined ? [] : [[name, choices] as const]))
  return fill({
    valued: alternatives(options.filter(([, { value }]) => value !== undefined)),
    files: alternatives(options.filter(([, { value }]) => value === 'file')),
    values: [...new Map(choices)].map(([name, words]) => offer(`--${name}`, words)).join(''),
    options: shapes.map(({ words, options }) => offer(pattern(words), optionsOf(options))).join(''),
    words: [offer("''", firstWords(shapes)), ...seconds(shapes)].join(''),
    users: named(shapes, 'user'),
    gateways: named(shapes, 'gateway'),
    hosts: named(shapes, 'host'),
    tokens: named(shapes, 'token'),
    groups: named(shapes, 'group'),
  })
}

type Slot = 'valued' | 'values' | 'files' | 'options' | 'words' | 'users' | 'gateways' | 'hosts' | 'tokens' | 'groups'

const SCRIPT = `# bash completion of vpnunit, for ~/.bashrc:
#   source <(vpnunit completion)

# The names are the first column. Whatever else may stand there is cut off: these words come from elsewhere.
_vpnunit_names() {
  "\${COMP_WORDS[0]}" "$1" list 2>/dev/null | sed -n '2,$s/[^a-z0-9.-].*//p'
}

_vpnunit() {
  local current=\${COMP_WORDS[COMP_CWORD]} option='' typed='' words='' word at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    # --user=name is three words here.
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $option ]]; then option=''; continue; fi
    case $word in
      {{valued}}) option=$word ;;
      -*) ;;
      *) typed+=\${typed:+ }$word ;;
    esac
  done
  if [[ $current == '=' ]]; then current=''; fi

  if [[ -n $option ]]; then
    case $option in
{{values}}      --user) words=$(_vpnunit_names user) ;;
      --gateway) words=$(_vpnunit_names gateway) ;;
      {{files}}) compopt -o default ;;
    esac
  elif [[ $current == -* ]]; then
    case $typed in
{{options}}    esac
  else
    case $typed in
{{words}}      {{users}}) words=$(_vpnunit_names user) ;;
      {{gateways}}) words=$(_vpnunit_names gateway) ;;
      {{hosts}}) words=$(_vpnunit_names host) ;;
      {{tokens}}) words=$(_vpnunit_names token) ;;
      {{groups}}) words=$(_vpnunit_names group) ;;
    esac
  fi

  COMPREPLY=()
  for word in $words; do
    if [[ $word == "$current"* ]]; then COMPREPLY+=("$word"); fi
  done
}
complete -F _vpnunit vpnunit
`

function fill(slots: Record<Slot, string>): string {
  return SCRIPT.replace(/\{\{(\w+)\}\}/g, (_, slot: Slot) => slots[slot])
}

function alternatives(options: readonly (readonly [string, Option])[]): string {
  return [...new Set(options.map(([name]) => `--${name}`))].join(' | ')
}

function offer(pattern: string, words: readonly string[]): string {
  return `      ${pattern}) words='${words.join(' ')}' ;;\n`
}

/** A name may stand behind the words of a command. */
function pattern(words: readonly string[]): string {
  const text = words.join(' ')
  // Not what only begins with it: group add is no group add-member.
  return `'${text}' | '${text} '*`
}

function optionsOf(options: Shape['options']): string[] {
  return [...Object.keys(options), 'help'].map((name) => `--${name}`)
}

function firstWords(shapes: readonly Shape[]): string[] {
  return [...new Set(shapes.map(({ words }) => words[0] ?? ''))].sort()
}

/** What stands behind the first words of a group, and behind the same words after "help". */
function seconds(shapes: readonly Shape[]): string[] {
  const groups = new Map<string, Set<string>>()
  for (const { words } of shapes) {
    for (const [at, word] of words.entries()) {
      const before = words.slice(0, at).join(' ')
      if (at > 0) groups.set(before, (groups.get(before) ?? new Set()).add(word))
    }
  }
  const ofGroups = [...groups].map(([group, words]) => {
    const typed = group.includes(' ') ? `'${group}'` : group
    return offer(`${typed} | 'help ${group}'`, [...words])
  })
  return [...ofGroups, offer('help', firstWords(shapes))]
}

/** The commands of a group that take the name of what is there. */
function named(shapes: readonly Shape[], group: string): string {
  return shapes
    .filter(({ words, operands }) => words[0] === group && words.join(' ') !== `${group} add` && operands.length > 0)
    .map(({ words }) => `'${words.join(' ')}'`)
    .join(' | ')
}
