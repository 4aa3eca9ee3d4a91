/** What a sealed secret of the database is bound to: put in the place of another it can't be opened. */
export function keyContext(serial: string): string {
  return `key of ${serial}`
}

export function tlsCryptContext(serial: string): string {
  return `tls-crypt-v2 key of ${serial}`
}

export const SERVER_TLS_CRYPT_CONTEXT = 'tls-crypt-v2 key of the server'
