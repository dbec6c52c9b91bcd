/** The dialogs, by the names that the store calls them by. The page loads them when it has drawn the rest. */

import { DetailsDialog } from "./details.js";
import { NewGroupDialog } from "./newgroup.js";
import { SettingsDialog } from "./settings.js";
import { ShortcutsDialog } from "./shortcuts.js";

export const DIALOGS = {
  newGroup: NewGroupDialog,
  settings: SettingsDialog,
  shortcuts: ShortcutsDialog,
  details: DetailsDialog,
};
