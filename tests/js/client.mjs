// A foreign client: asks the endpoint given as the argument and prints what it understood, as JSON.
import ParsingClient from 'sparql-http-client/ParsingClient.js'

const client = new ParsingClient({ endpointUrl: process.argv[2] })
const select = 'SELECT ?s ?n { VALUES (?s ?n) { (<a:b> 1) (UNDEF "x"@en) } }'
const rows = await client.query.select(select)
const posted = await client.query.select(select, { operation: 'postUrlencoded' })
const direct = await client.query.select(select, { operation: 'postDirect' })
const yes = await client.query.ask('ASK {}')
const triples = await client.query.construct('CONSTRUCT { <a:b> <a:c> "x" } WHERE {}')
let refused = null
try {
  await client.query.select('SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }')
} catch (error) {
  refused = { status: error.status ?? null, message: error.message }
}
const plain = (found) => found.map((row) => Object.fromEntries(
  Object.entries(row).map(([name, term]) => [name, term.value])))
console.log(JSON.stringify({
  rows: plain(rows), posted: plain(posted), direct: plain(direct), yes,
  triples: [...triples].map((t) => [t.subject.value, t.predicate.value, t.object.value]), refused
}))
