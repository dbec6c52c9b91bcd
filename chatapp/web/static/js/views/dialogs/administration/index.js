/** Administration: a list of sections, each with a page of its own. A new section is a module here and a line in `SECTIONS`. */

import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { session } from "../../../store.js";
import { say } from "../../../strings.js";
import { Dialog } from "../../dialog.js";
import { html } from "../../html.js";
import { SectionMenu } from "../sectionmenu.js";
import { AuditSection } from "./audit.js";
import { GroupsSection } from "./groups.js";
import { InvitationsSection } from "./invitations.js";
import { PeopleSection } from "./people.js";
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
  { id: "invitations", title: () => say.adminInvitations, hint: () => say.adminInvitationsHint, Section: InvitationsSection, forModerators: true },
  { id: "groups", title: () => say.adminGroups, hint: () => say.adminGroupsHint, Section: GroupsSection, forModerators: false },
  { id: "audit", title: () => say.adminAudit, hint: () => say.adminAuditHint, Section: AuditSection, forModerators: false },
  { id: "system", title: () => say.adminSystem, hint: () => say.adminSystemHint, Section: SystemSection, forModerators: false },
];

export function AdministrationDialog() {
  const section = useSignal(/** @type {AdministrationSection | null} */ (null));
  const opened = useSignal(/** @type {Opened} */ (null));
  const last = useSignal("");
  const isAdministrator = session.value.role === "administrator";
  const show = (/** @type {AdministrationSection | null} */ chosen) => {
    last.value = section.peek()?.id ?? "";
    section.value = chosen;
  };
  const back = () => (opened.peek() ? (opened.value = null) : show(null));
  if (!section.value) {
    const sections = SECTIONS.filter(({ forModerators }) => isAdministrator || forModerators);
    return html`<${Dialog} title=${say.administration}><${SectionMenu} sections=${sections} last=${last.value} onChoose=${show} /><//>`;
  }
  return html`<${Dialog} title=${opened.value?.title ?? section.value.title()} onBack=${back}>
    <${Page} key=${section.value.id} Section=${section.value.Section} opened=${opened} />
  <//>`;
}

/** @param {{ Section: (props: any) => any, opened: OpenedSignal }} props */
function Page({ Section, opened }) {
  useLayoutEffect(() => document.getElementById("dialog-title")?.focus(), []);
  return html`<${Section} opened=${opened} />`;
}
