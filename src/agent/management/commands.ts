/** Every command of the management interface, as a function of the same name. */
export * from './commands/clients.ts'
export * from './commands/connection.ts'
export * from './commands/credentials.ts'
export * from './commands/daemon.ts'
export * from './commands/history.ts'
