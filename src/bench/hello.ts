/** The least that fastify can do: the peer of a read. A program of its own; its argument is the port. */
import Fastify from 'fastify'

const api = Fastify()
api.get('/', () => ({ hello: 'world' }))
await api.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
