/** Reported messages, and the page of one: what was said around it, and what can be done. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { ApiError } from "../../../api.js";
import { fullMoment } from "../../../models/time.js";
import { nameOf } from "../../../store.js";
import { listOf, say } from "../../../strings.js";
import { html } from "../../html.js";
import { Icon } from "../../icons.js";
import { Failed, Skeleton } from "../../states.js";
import { Refused, useAction } from "../action.js";
import { Pages, usePages } from "./pages.js";
import { dismissReport, fetchReported, openReport, removeReported } from "./reportapi.js";
import { ReportedFile } from "./reportedfile.js";
import { SuspendForm, Suspended } from "./suspension.js";

/** @typedef {import("./reportapi.js").OpenedReport} OpenedReport */

const wordsOf = (/** @type {string} */ reason) => say.reportReasons[/** @type {"spam"} */ (reason)] ?? reason;

/** @param {{ opened: import("./index.js").OpenedSignal }} props */
export function ReportsSection({ opened }) {
  const pages = usePages("", async (last) => (await fetchReported(last)).messages);
  const id = opened.value?.id;
  const onClosed = () => void (pages.lines.value = (pages.lines.peek() ?? []).filter(({ messageId }) => messageId !== id));
  if (id) return html`<${ReportPage} key=${id} messageId=${id} onClosed=${onClosed} />`;
  const open = (/** @type {import("./reportapi.js").ReportedMessage} */ one) => (opened.value = { id: one.messageId, title: say.adminReportBy({ name: nameOf(one.author) }) });
  return html`<${Pages} pages=${pages} empty=${say.adminReportsNone} draw=${(/** @type {any} */ one) => html`<${Line} key=${one.messageId} message=${one} onOpen=${() => open(one)} />`} />`;
}

/** @param {{ message: import("./reportapi.js").ReportedMessage, onOpen: () => void }} props */
function Line({ message: { author, content, reasons, reports, reportedAt }, onOpen }) {
  return html`<li><button type="button" class="account-entry" onClick=${onOpen}>
    <span class="entry-about"><b><bdi>${nameOf(author)}</bdi></b><span class="report-text" dir="auto">${content}</span>
      <small>${listOf(reasons.map(wordsOf))} · ${say.adminReportCount({ count: reports })} · <time dateTime=${reportedAt}>${fullMoment(reportedAt)}</time></small></span>
    <${Icon} name="next" size=${18} />
  </button></li>`;
}

/** @param {{ messageId: string, onClosed: () => void }} props */
function ReportPage({ messageId, onClosed }) {
  const report = useSignal(/** @type {OpenedReport | null} */ (null));
  const hasFailed = useSignal(false);
  const load = async () => {
    hasFailed.value = false;
    try {
      report.value = await openReport(messageId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      hasFailed.value = true;
    }
  };
  useEffect(() => void load(), []);
  if (hasFailed.value) return html`<${Failed} sentence=${say.adminFailed} onRetry=${load} />`;
  if (!report.value) return html`<${Skeleton} label=${say.loading} rows=${4} />`;
  return html`<${Opened} report=${report.value} onClosed=${onClosed} />`;
}

/** @param {{ report: OpenedReport, onClosed: () => void }} props */
function Opened({ report, onClosed }) {
  const { messageId, author, place, reports } = report;
  const done = useSignal("");
  const suspension = useSignal(report.suspension);
  const isAsked = useSignal(false);
  const action = useAction();
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), [done.value, isAsked.value]);
  const close = async (/** @type {() => Promise<void>} */ request, /** @type {string} */ sentence) => {
    if (!(await action.run(request))) return;
    done.value = sentence;
    onClosed();
  };
  const onSuspended = () => {
    isAsked.value = false;
    done.value = say.adminSuspendDone({ name: nameOf(author) });
  };
  if (isAsked.value) return html`<${SuspendForm} username=${author} name=${nameOf(author)} onDone=${onSuspended} onCancel=${() => (isAsked.value = false)} />`;
  const where = place.usernames.length > 0 ? say.adminReportPrivate({ names: listOf(place.usernames.map(nameOf)) }) : say.adminReportGroup({ name: place.name });
  return html`
    <p class="state-hint">${where}${place.isThread && ` · ${say.adminReportThread}`}</p>
    <ol class="report-context" aria-label=${say.adminReportContext}>${report.context.map((one) => html`<${ContextLine} key=${one.sequence} report=${report} message=${one} isReported=${one.sequence === report.sequence} />`)}</ol>
    <h3 class="administration-heading">${say.adminReportCount({ count: reports.length })}</h3>
    <ul class="administration-list">${reports.map((one) => html`<${ReportLine} key=${one.reporter} report=${one} />`)}</ul>
    <p role="status">${done.value && html`<span class="note">${done.value}</span>`}</p>
    <${Refused} action=${action} />
    ${suspension.value && html`<${Suspended} username=${author} suspension=${suspension.value} onDone=${() => (suspension.value = null)} />`}
    <div class="details-actions">
      ${!done.value && html`
        <button type="button" class="button button-bad" disabled=${action.isBusy.value} onClick=${() => close(() => removeReported(messageId), say.adminReportRemoved)}>${say.adminReportRemove}</button>
        <button type="button" class="button" disabled=${action.isBusy.value} onClick=${() => close(() => dismissReport(messageId), say.adminReportDismissed)}>${say.adminReportDismiss}</button>`}
      ${!suspension.value && html`<button type="button" class="button button-bad" onClick=${() => (isAsked.value = true)}>${say.adminSuspendNamed({ name: nameOf(author) })}</button>`}
    </div>`;
}

/** @param {{ report: OpenedReport, message: import("./reportapi.js").ContextMessage, isReported: boolean }} props */
function ContextLine({ report, message: { sender, content, at, isDeleted, files = [] }, isReported }) {
  return html`<li class=${isReported ? "audit-line report-this" : "audit-line"}>
    <span class="report-head"><b><bdi>${nameOf(sender)}</bdi></b> <small><time dateTime=${at}>${fullMoment(at)}</time></small>${isReported && html` <span class="mark mark-bad">${say.adminReportedMark}</span>`}</span>
    ${isDeleted ? html`<i>${say.adminReportDeleted}</i>` : html`<span class="report-text" dir="auto">${content}</span>`}
    ${files.map((file) => html`<${ReportedFile} key=${file.fileId} messageId=${report.messageId} file=${file} />`)}
  </li>`;
}

/** @param {{ report: import("./reportapi.js").Report }} props */
function ReportLine({ report: { reporter, reason, comment, content, reportedAt } }) {
  return html`<li class="audit-line">
    <b>${wordsOf(reason)}</b>
    ${comment && html`<span class="report-text" dir="auto">${comment}</span>`}
    <small>${say.adminReportText} <q dir="auto">${content}</q></small>
    <small>${say.adminAuditBy({ name: nameOf(reporter) })} · <time dateTime=${reportedAt}>${fullMoment(reportedAt)}</time></small>
  </li>`;
}
