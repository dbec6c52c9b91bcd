/** Administration: a list of sections, each with a page of its own. A new section is a module here and a line in `SECTIONS`. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { ApiError } from "../../../api.js";
import { session } from "../../../store.js";
import { say } from "../../../strings.js";
import { Dialog } from "../../dialog.js";
import { html } from "../../html.js";
import { SectionMenu } from "../sectionmenu.js";
import { AuditSection } from "./audit.js";
import { BotsSection } from "./bots.js";
import { GroupsSection } from "./groups.js";
import { InvitationsSection } from "./invitations.js";
import { PeopleSection } from "./people.js";
import { fetchReported } from "./reportapi.js";
import { ReportsSection } from "./reports.js";
import { SystemSection } from "./system.js";

/**
 * What is open in a section: its title, and which of the lines it is.
 * @typedef {{ title: string, id: string } | null} Opened
 * @typedef {import("@preact/signals").Signal<Opened>} OpenedSignal
 * @typedef {import("../sectionmenu.js").Section & { forModerators: boolean }} AdministrationSection
 */

/** @type {AdministrationSection[]} */
const SECTIONS = [
  { id: "people", title: () => say.adminPeople, hint: () => say.adminPeopleHint, Section: PeopleSection, forModerators: true },
  { id: "reports", title: () => say.adminReports, hint: () => say.adminReportsHint, Section: ReportsSection, forModerators: true },
  { id: "invitations", title: () => say.adminInvitations, hint: () => say.adminInvitationsHint, Section: InvitationsSection, forModerators: true },
  { id: "groups", title: () => say.adminGroups, hint: () => say.adminGroupsHint, Section: GroupsSection, forModerators: false },
  { id: "bots", title: () => say.adminBots, hint: () => say.adminBotsHint, Section: BotsSection, forModerators: false },
  { id: "audit", title: () => say.adminAudit, hint: () => say.adminAuditHint, Section: AuditSection, forModerators: false },
  { id: "system", title: () => say.adminSystem, hint: () => say.adminSystemHint, Section: SystemSection, forModerators: false },
];

export function AdministrationDialog() {
  const section = useSignal(/** @type {AdministrationSection | null} */ (null));
  const opened = useSignal(/** @type {Opened} */ (null));
  const last = useSignal("");
  const openReports = useSignal(0);
  useEffect(() => void (section.value === null && countReports(openReports)), [section.value]);
  const isAdministrator = session.value.role === "administrator";
  const show = (/** @type {AdministrationSection | null} */ chosen) => {
    last.value = section.peek()?.id ?? "";
    section.value = chosen;
  };
  const back = () => (opened.peek() ? (opened.value = null) : show(null));
  if (!section.value) {
    const sections = SECTIONS.filter(({ forModerators }) => isAdministrator || forModerators).map((one) => (one.id === "reports" && openReports.value > 0 ? { ...one, hint: () => say.adminReportsOpen({ count: openReports.value }) } : one));
    return html`<${Dialog} title=${say.administration}><${SectionMenu} sections=${sections} last=${last.value} onChoose=${show} /><//>`;
  }
  return html`<${Dialog} title=${opened.value?.title ?? section.value.title()} onBack=${back}>
    <${Page} key=${section.value.id} Section=${section.value.Section} opened=${opened} />
  <//>`;
}

/** @param {import("@preact/signals").Signal<number>} count the messages with open reports; stays as it is without an answer */
async function countReports(count) {
  try {
    count.value = (await fetchReported()).open;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** @param {{ Section: (props: any) => any, opened: OpenedSignal }} props */
function Page({ Section, opened }) {
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), []);
  return html`<${Section} opened=${opened} />`;
}
