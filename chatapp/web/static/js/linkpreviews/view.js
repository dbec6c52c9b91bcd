/** What linked pages say of themselves, as quiet cards under the text of a message. */

import { addressOfPreviewPicture } from "../config.js";
import { isLinkable } from "../markdown/addresses.js";
import { removePreviews } from "../messageactions.js";
import { withoutControls } from "../models/bidi.js";
import { me } from "../store.js";
import { direction, say } from "../strings.js";
import { html } from "../views/html.js";
import { Icon } from "../views/icons.js";

/**
 * @typedef {import("../protocol.js").Message} Message
 * @typedef {import("../protocol.js").LinkPreview} LinkPreview
 */

/** Pixels of the page. The picture itself has up to 480, for screens with small pixels. */
const PICTURE_WIDTH_MAX = 320;

/** @param {{ message: Message }} props */
export function LinkPreviews({ message }) {
  const previews = (message.linkPreviews ?? []).filter(({ url }) => isLinkable(url));
  const isOwn = message.sender === me.value;
  return html`<div class="link-previews" dir=${direction()} role="group" aria-label=${say.linkPreviews}>
    ${previews.map((preview, at) => html`<div class="link-preview" key=${preview.url}>
      <${Card} preview=${preview} />
      ${isOwn && at === 0 && html`<button type="button" class="icon-button icon-button-small link-preview-remove" aria-label=${say.linkPreviewsRemove} title=${say.linkPreviewsRemove} onClick=${() => removePreviews(message)}><${Icon} name="close" size=${16} /></button>`}
    </div>`)}
  </div>`;
}

/**
 * A page may call itself as it likes, so the host of the link is always shown.
 * @param {{ preview: LinkPreview }} props
 */
function Card({ preview }) {
  const { url, title, description, siteName, picture } = preview;
  return html`
    <p class="link-preview-site">${siteName && html`<bdi>${withoutControls(siteName)}</bdi> · `}<bdi dir="ltr">${new URL(url).host}</bdi></p>
    <p class="link-preview-title" dir="auto"><a href=${url} target="_blank" rel="noopener noreferrer nofollow">${withoutControls(title)}</a></p>
    ${description && html`<p class="link-preview-description" dir="auto">${withoutControls(description)}</p>`}
    ${picture && html`<${Picture} picture=${picture} />`}`;
}

/** Its place is kept while it loads, so that the list does not jump. @param {{ picture: NonNullable<LinkPreview["picture"]> }} props */
function Picture({ picture: { hash, width, height } }) {
  const shown = Math.min(width, PICTURE_WIDTH_MAX);
  return html`<img class="link-preview-picture" src=${addressOfPreviewPicture(hash)} alt="" width=${shown} height=${Math.round((height * shown) / width)} loading="lazy" decoding="async" draggable=${false} />`;
}
