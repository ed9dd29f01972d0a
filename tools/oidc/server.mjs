// A certified OpenID Connect provider in place of our bridge, for a test. It listens on a free loopback port, prints its
// issuer on the first line, and runs while its standard input is open.
//
// REDIRECT and LEAVING are the relying party's addresses. There is a client for each signing algorithm. A typed fiscal code
// signs in as that person.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const fiscalNumber = 'https://attributes.eid.gov.it/fiscal_number';
const level = 'https://www.spid.gov.it/SpidL2';

const key = (type, options) => generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });

const client = (id, more) => ({
  client_id: id,
  client_secret: 'a secret of the tests\' own: 100%',
  redirect_uris: [process.env.REDIRECT],
  post_logout_redirect_uris: [process.env.LEAVING],
  ...more,
});

const configuration = {
  clients: [
    client('RS256', {}),
    client('PS256', { id_token_signed_response_alg: 'PS256', token_endpoint_auth_method: 'client_secret_post' }),
    client('ES256', { id_token_signed_response_alg: 'ES256' }),
    client('signed userinfo', { userinfo_signed_response_alg: 'RS256' }),
    client('EdDSA', { id_token_signed_response_alg: 'EdDSA' }),
    client('HS256', { id_token_signed_response_alg: 'HS256' }),
  ],
  jwks: {
    keys: [
      { ...key('rsa', { modulusLength: 2048 }), use: 'sig' },
      { ...key('ec', { namedCurve: 'P-256' }), use: 'sig' },
      { ...key('ed25519'), use: 'sig' },
    ],
  },
  enabledJWA: {
    idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'],
    userinfoSigningAlgValues: ['RS256'],
  },
  acrValues: [level],
  claims: { openid: ['sub', fiscalNumber, 'given_name', 'family_name'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: true } },
  cookies: { keys: ['of no use elsewhere'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: `subject of ${id}`, [fiscalNumber]: `TINIT-${id}`, given_name: 'Anna', family_name: 'Bianchi' }),
  }),
  interactions: { url: (_, interaction) => `/enter/${interaction.uid}` },
  // Consent is not under test: a bridge asks for it upstream.
  async loadExistingGrant(ctx) {
    const { client: { clientId }, account: { accountId }, provider } = ctx.oidc;
    const grant = new provider.Grant({ clientId, accountId });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
};

async function enter(provider, request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Enter</title><form method="post" action="/enter/${uid}">
      <input name="code"><input name="acr" value="${level}"><button name="answer" value="yes">Enter</button>
      <button name="answer" value="no">Leave</button></form>`);
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  const form = new URLSearchParams(body);
  const result = form.get('answer') === 'yes'
    ? { login: { accountId: form.get('code'), acr: form.get('acr') || undefined } }
    : { error: 'access_denied', error_description: 'ErrorCode nr25' };
  await provider.interactionFinished(request, response, result);
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/enter/')) return answer(request, response);
    return enter(provider, request, response).catch((error) => {
      response.statusCode = 500;
      response.end(error.message);
    });
  });
  console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
