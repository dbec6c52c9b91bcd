/**
 * A real OpenID Connect provider on loopback, the certified one of the Node world. Its own pages take any password.
 *
 * Arguments: the port, and as JSON `{ redirectUris, accounts }`, the claims of each account by its name.
 */

const { Provider } = await import(new URL("../../chatapp/web/node_modules/oidc-provider/lib/index.js", import.meta.url));

const [port, given] = process.argv.slice(2);
const { redirectUris, accounts } = JSON.parse(given);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "chatapp", client_secret: "a secret of the client", redirect_uris: redirectUris }],
  claims: {
    openid: ["sub"],
    profile: ["preferred_username", "name", "given_name", "family_name"],
    email: ["email", "email_verified"],
    groups: ["groups"],
  },
  scopes: ["openid", "profile", "email", "groups"],
  findAccount: (_context, id) => (id in accounts ? { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) } : undefined),
  cookies: { keys: ["tests alone"] },
  pkce: { required: () => true },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
