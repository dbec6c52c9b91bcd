/** The audit log, the newest line first. */

import { useSignal } from "@preact/signals";
import { fullMoment } from "../../../models/time.js";
import { say } from "../../../strings.js";
import { html } from "../../html.js";
import { auditAddress, fetchAuditLines } from "./api.js";
import { Pages, usePages } from "./pages.js";

/** @typedef {import("./api.js").AuditLine} AuditLine */

export function AuditSection() {
  const kind = useSignal("");
  const person = useSignal("");
  const filter = { kind: kind.value, username: person.value.trim() };
  const pages = usePages(JSON.stringify(filter), (last) => fetchAuditLines(filter, last));
  return html`
    <div class="form">
      <label class="field"><span>${say.adminAuditKind}</span>
        <select name="kind" value=${kind.value} onChange=${(/** @type {any} */ event) => (kind.value = event.target.value)}>
          <option value="">${say.adminAuditAll}</option>
          ${Object.entries(say.auditKinds).map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}
        </select>
      </label>
      <label class="field"><span>${say.adminAuditPerson}</span>
        <input name="person" dir="auto" autocomplete="off" autocapitalize="none" maxlength="100" value=${person.value} onInput=${(/** @type {any} */ event) => (person.value = event.target.value)} />
      </label>
    </div>
    <${Pages} pages=${pages} empty=${say.adminAuditNone} draw=${(/** @type {AuditLine} */ line) => html`<${Line} key=${line.id} line=${line} />`} />
    <div class="account-buttons">
      <a class="button" href=${auditAddress("csv", filter)} download="audit.csv">${say.adminAuditCsv}</a>
      <a class="button" href=${auditAddress("jsonl", filter)} download="audit.jsonl">${say.adminAuditJson}</a>
    </div>`;
}

/** @param {{ line: AuditLine }} props */
function Line({ line: { at, kind, actor, target, address, details } }) {
  const parts = Object.entries(details).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return html`<li class="audit-line">
    <b>${say.auditKinds[/** @type {"joined"} */ (kind)] ?? kind}</b>
    <small>${actor ? say.adminAuditBy({ name: actor }) : kind === "sign_in_failed" ? "" : say.adminAuditOperator}${target && target !== actor && html` · ${say.adminAuditAbout({ name: target })}`}</small>
    ${parts.length > 0 && html`<small dir="auto">${parts.join(", ")}</small>`}
    <small><time dateTime=${at}>${fullMoment(at)}</time>${address && html` · <bdi>${address}</bdi>`}</small>
  </li>`;
}
