// A Bluesky server for the tests: the real PDS on loopback, with a stand-in for the PLC directory beside it.
// Prints one line of JSON ({"url": …}) once it takes requests; ends when its standard input closes.
import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { randomBytes } from 'node:crypto'
import { PDS, envToCfg, envToSecrets } from '@atproto/pds'

const HOST = '127.0.0.1'
const secret = () => randomBytes(32).toString('hex')

// The directory keeps the last operation of each DID and believes everything it is told.
const identities = new Map()

function described(did, { rotationKeys, verificationMethods, alsoKnownAs, services }) {
  return { did, rotationKeys, verificationMethods, alsoKnownAs, services }
}

function didDocument(did, { verificationMethods, alsoKnownAs, services }) {
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    alsoKnownAs,
    verificationMethod: Object.entries(verificationMethods).map(([name, key]) => (
      { id: `${did}#${name}`, type: 'Multikey', controller: did, publicKeyMultibase: key.slice('did:key:'.length) })),
    service: Object.entries(services).map(([name, { type, endpoint }]) => (
      { id: `#${name}`, type, serviceEndpoint: endpoint })),
  }
}

async function body(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

async function directory(request, response) {
  const [did, view] = request.url.split('/').slice(1).map(decodeURIComponent)
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(value))
  }
  if (request.method === 'POST') {
    identities.set(did, await body(request))
    return answer(200, {})
  }
  const operation = identities.get(did)
  if (operation === undefined) return answer(404, { message: `DID not registered: ${did}` })
  return answer(200, view === 'data' ? described(did, operation) : didDocument(did, operation))
}

const plc = createServer(directory)
plc.listen(0, HOST)
await once(plc, 'listening')

// The PDS has to know its own address before it listens.
const probe = createServer().listen(0, HOST)
await once(probe, 'listening')
const { port } = probe.address()
probe.close()
await once(probe, 'close')

const folder = await mkdtemp(path.join(tmpdir(), 'pds-'))
const environment = {
  port,
  hostname: 'localhost',
  devMode: true,
  dataDirectory: folder,
  blobstoreDiskLocation: path.join(folder, 'blobs'),
  blobUploadLimit: 5_000_000,
  didPlcUrl: `http://${HOST}:${plc.address().port}`,
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  rateLimitsEnabled: process.env.RATE_LIMITS === '1',
  disableSsrfProtection: true,
  crawlers: [],
  adminPassword: secret(),
  jwtSecret: secret(),
  dpopSecret: secret(),
  plcRotationKeyK256PrivateKeyHex: secret(),
}
const pds = await PDS.create(envToCfg(environment), envToSecrets(environment))
await pds.start()

process.stdin.on('end', async () => {
  await pds.destroy()
  plc.close()
  await rm(folder, { recursive: true, force: true })
  process.exit(0)
})
process.stdin.resume()
console.log(JSON.stringify({ url: `http://localhost:${port}` }))
