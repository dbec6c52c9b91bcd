/** The settings that the server gives the page. */

/**
 * @typedef {object} PageSettings
 * @property {string} assets where the page's own files are: an address that names their version
 * @property {string} installation tells this installation from others that this browser knows on the same host name
 * @property {"username" | "password"} signIn how people sign in
 * @property {"closed" | "invite" | "open"} joining who may make an account
 * @property {{ name: string, label: string }[]} providers by which people can sign in, in password mode
 * @property {boolean} isJoiningFixed whether that is set where the server is started, and not chosen in the system
 * @property {number} retentionDays after how many days messages are erased everywhere; 0: never
 * @property {string} systemName how people call this installation; empty if no name was chosen
 * @property {boolean} isNew whether it has no account yet, and waits to be set up by the link that the server printed
 * @property {boolean} hasPreviews whether the server looks up the links in messages
 * @property {boolean} canMail whether the server sends e-mail
 * @property {number | null} wsPort the port of the Socket.IO side, or null for that of the page
 * @property {string} wsUrl its public address, or empty for this host name and `wsPort`
 * @property {string} language the code of the language that the browser prefers
 * @property {{ code: string, name: string, direction: "ltr" | "rtl", emoji: string }[]} languages of the page, each with the name that it has in itself, and with the language of the emoji's names
 * @property {string} basePath what comes before every path of this installation, such as "" or "/chat"
 * @property {string} apiPrefix what comes before every API route, the base path included, such as "" or "/chat/web"
 */

/** @returns {PageSettings} */
function read() {
  const element = document.getElementById("settings");
  return JSON.parse(element?.textContent ?? "{}");
}

export const settings = read();

/**
 * A name that is unique to this installation. Cookies ignore ports, and another installation may use the same address
 * later.
 * @param {string} name
 */
export const ownName = (name) => `${name}-${settings.installation}`;

/** @param {string} picture a person's @returns {string} its address, on the page's own origin */
export const addressOfPicture = (picture) => `${settings.apiPrefix}/picture/${encodeURIComponent(picture)}`;

/** @param {string} hash of the picture of a link's preview @returns {string} its address, on the page's own origin */
export const addressOfPreviewPicture = (hash) => `${settings.apiPrefix}/preview-picture/${encodeURIComponent(hash)}`;

/** @param {string} fileId of a message's file @returns {string} where its bytes are */
export const addressOfSentFile = (fileId) => `${settings.apiPrefix}/file/${encodeURIComponent(fileId)}`;

/** @param {string} fileId @param {number} number of the preview, from 0 */
export const addressOfPreview = (fileId, number) => `${addressOfSentFile(fileId)}/preview/${number}`;

/** @param {string} name of one of the page's own files, such as "css/poll.css" */
export const addressOfFile = (name) => settings.assets + name;

/** @param {string} path of the server, such as "/service-worker.js" @returns {string} its address below the base path */
export const addressOfPath = (path) => settings.basePath + path;

/** @returns {string} the origin of the Socket.IO side */
export function socketOrigin() {
  if (settings.wsUrl) return settings.wsUrl;
  if (settings.wsPort === null) return location.origin;
  return `${location.protocol}//${location.hostname}:${settings.wsPort}`;
}

/** Cookies ignore ports, so the cookie signs the socket in wherever the host name is the page's own. */
export function cookieReachesSocket() {
  return new URL(socketOrigin()).hostname === location.hostname;
}
