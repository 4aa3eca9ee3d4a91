import t from 'tap'
import { type Connection, openDatabase } from './database.ts'

/** A database with the users 2 and 3 and the gateway 1 of user 2 in slot 0, which has the certificate aa. */
function filled(): Connection {
  const { connection } = openDatabase(':memory:')
  connection.exec(`
    insert into users (number, name, created_at) values (2, 'ada', 0), (3, 'bob', 0);
    insert into gateways (id, name, user_number, slot, created_at) values (1, 'a.example.org', 2, 0, 0);
    insert into groups (name, created_at) values ('ops', 0);
    insert into certificates (${CERTIFICATE}) values ('aa', 'gateway', 1, 'a.example.org', 'ec-p256', 0, 9, x'00', 0);
  `)
  return connection
}

const CERTIFICATE = 'serial, kind, gateway_id, name, key_type, not_before, not_after, der, issued_at'
const GATEWAY = 'insert into gateways (name, user_number, slot, created_at) values'
const USER = 'insert into users (number, name, created_at) values'
const SITE =
  'insert into site (id, revision, crl_number, server_name, authority_certificate, sealed_tls_crypt_key, created_at) values'

const REFUSED: Record<string, [sql: string, code: string]> = {
  'the reserved number 0': [`${USER} (0, 'eve', 0)`, 'SQLITE_CONSTRAINT_CHECK'],
  'the reserved number 1': [`${USER} (1, 'eve', 0)`, 'SQLITE_CONSTRAINT_CHECK'],
  'a negative number': [`${USER} (-1, 'eve', 0)`, 'SQLITE_CONSTRAINT_CHECK'],
  'a second user with a number': [`${USER} (2, 'eve', 0)`, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  'a second user of a name': [`${USER} (4, 'ada', 0)`, 'SQLITE_CONSTRAINT_UNIQUE'],
  'a second gateway of a name': [`${GATEWAY} ('a.example.org', 3, 5, 0)`, 'SQLITE_CONSTRAINT_UNIQUE'],
  'a second gateway in a slot': [`${GATEWAY} ('b.example.org', 2, 0, 0)`, 'SQLITE_CONSTRAINT_UNIQUE'],
  'a seventeenth slot': [`${GATEWAY} ('b.example.org', 2, 16, 0)`, 'SQLITE_CONSTRAINT_CHECK'],
  'a slot below the first': [`${GATEWAY} ('b.example.org', 2, -1, 0)`, 'SQLITE_CONSTRAINT_CHECK'],
  'a gateway of nobody': [`${GATEWAY} ('b.example.org', 4, 0, 0)`, 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  'the removal of a user who has gateways': ['delete from users where number = 2', 'SQLITE_CONSTRAINT_FOREIGNKEY'],
  'a second current certificate of a gateway': [
    `insert into certificates (${CERTIFICATE}) values ('bb', 'gateway', 1, 'a.example.org', 'ec-p256', 0, 9, x'00', 0)`,
    'SQLITE_CONSTRAINT_UNIQUE',
  ],
  'a serial twice': [
    `insert into certificates (${CERTIFICATE}) values ('aa', 'server', null, 'vpn', 'ec-p256', 0, 9, x'00', 0)`,
    'SQLITE_CONSTRAINT_PRIMARYKEY',
  ],
  'a certificate of a gateway that is not there': [
    `insert into certificates (${CERTIFICATE}) values ('bb', 'gateway', 7, 'b.example.org', 'ec-p256', 0, 9, x'00', 0)`,
    'SQLITE_CONSTRAINT_FOREIGNKEY',
  ],
  'a membership of nobody': ["insert into group_members (group_name) values ('ops')", 'SQLITE_CONSTRAINT_CHECK'],
  'a membership of two': [
    "insert into group_members (group_name, user_number, gateway_id) values ('ops', 2, 1)",
    'SQLITE_CONSTRAINT_CHECK',
  ],
  'a membership twice': [
    "insert into group_members (group_name, user_number) values ('ops', 2), ('ops', 2)",
    'SQLITE_CONSTRAINT_UNIQUE',
  ],
  'a second site': [`${SITE} (2, 0, 0, 'vpn', x'00', x'00', 0)`, 'SQLITE_CONSTRAINT_CHECK'],
}

for (const [what, [sql, code]] of Object.entries(REFUSED)) {
  t.test(`${what} is refused by the database itself`, async (t) => {
    t.throws(() => filled().exec(sql), { code })
  })
}

t.test('the one site there is can be founded once', async (t) => {
  const connection = filled()
  connection.exec(`${SITE} (1, 0, 0, 'vpn', x'00', x'00', 0)`)
  t.throws(() => connection.exec(`${SITE} (1, 0, 0, 'vpn', x'00', x'00', 0)`), { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
})

t.test('a superseded certificate makes room for the next, any number of times', async (t) => {
  const connection = filled()
  for (const serial of ['bb', 'cc', 'dd']) {
    connection.exec(`update certificates set superseded_at = 1 where gateway_id = 1;
      insert into certificates (${CERTIFICATE}) values ('${serial}', 'gateway', 1, 'a', 'ec-p256', 0, 9, x'00', 0)`)
  }
  t.equal(connection.prepare('select count(*) from certificates').pluck().get(), 4)
})

t.test('a certificate outlives its gateway, and a name, a slot and never an id are used again', async (t) => {
  const connection = filled()
  connection.exec('delete from gateways where id = 1')
  t.same(connection.prepare('select serial, gateway_id from certificates').all(), [{ serial: 'aa', gateway_id: null }])
  connection.exec(`${GATEWAY} ('a.example.org', 2, 0, 0)`)
  t.equal(connection.prepare('select id from gateways').pluck().get(), 2)
})
