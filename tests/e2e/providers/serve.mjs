// Two real providers for the tests: OpenID Connect (oidc-provider) and a GitHub (emulate).
//
// Takes one line of JSON on standard input: {"clientId", "clientSecret", "oidc", "github"}, the last
// two being the redirect URIs to register. Answers with one line: {"oidc", "github"}, where they are.
// Ends when standard input does, so that nothing is left behind by a test that died.

import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { createEmulator } from "emulate";
import { Provider } from "oidc-provider";

const HOST = "127.0.0.1";

const input = createInterface({ input: process.stdin });
const [line] = await once(input, "line");
const wish = JSON.parse(line);
input.on("close", () => process.exit(0));

// What they print for people goes where the tests do not read an answer.
console.log = console.info = console.warn = (...words) => console.error(...words);

process.stdout.write(JSON.stringify({ oidc: await openId(), github: await gitHub() }) + "\n");

async function openId() {
  const server = createServer();
  await once(server.listen(0, HOST), "listening");
  const issuer = `http://${HOST}:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: wish.clientId,
        client_secret: wish.clientSecret,
        redirect_uris: [wish.oidc],
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["a key of the tests"] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.com`,
        email_verified: !id.startsWith("unverified"),
        name: `The ${id}`,
      }),
    }),
    pkce: { required: () => true },
  });
  server.on("request", provider.callback());
  return issuer;
}

async function gitHub() {
  const port = await freePort();
  const emulator = await createEmulator({
    service: "github",
    port,
    hostname: HOST,
    baseUrl: `http://${HOST}:${port}`,
    seed: {
      github: {
        users: [{ login: "octocat", name: "The Octocat", email: "octocat@example.com" }],
        oauth_apps: [
          {
            client_id: wish.clientId,
            client_secret: wish.clientSecret,
            name: "Everruns Auth",
            redirect_uris: [wish.github],
          },
        ],
      },
    },
  });
  return emulator.url;
}

async function freePort() {
  const server = createServer();
  await once(server.listen(0, HOST), "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
