/** The call itself is wrong; the text says what would be right. */
export class WrongUsage extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'WrongUsage'
  }
}
