/** The dialogs by their names in the store, and what else is seldom needed. The page loads them after it has drawn everything else. */

import { AccountDialog } from "./account/index.js";
import { AttachButton, DropZone, pasteFiles } from "./files/attach.js";
import { AttachedPictureDialog } from "./files/attachedpicture.js";
import { FileTray } from "./files/tray.js";
import { UploadLines } from "./files/unsent.js";
import { VoiceBar, VoiceButton } from "./files/voice.js";
import { AdministrationDialog } from "./administration/index.js";
import { ConversationMenu } from "./conversationmenu.js";
import { MentionList } from "./mentionlist.js";
import { DetailsDialog } from "./details.js";
import { EmojiDialog } from "./emojipicker.js";
import { DeleteMessageDialog, ReactorsDialog, VersionsDialog } from "./messagedialogs.js";
import { ForwardDialog } from "./forward.js";
import { MessageMenuDialog } from "./messagemenu.js";
import { GalleryDialog } from "./files/gallery.js";
import { FilesDialog } from "./files/list.js";
import { TextFileDialog } from "./files/textfile.js";
import { FindGroupsDialog } from "./findgroups.js";
import { MissingGroup } from "./missinggroup.js";
import { NewGroupDialog } from "./newgroup.js";
import { NotificationsDialog } from "./notifications.js";
import { NewPollDialog } from "./newpoll.js";
import { ReportMessageDialog } from "./reportmessage.js";
import { ReceiptsDialog } from "./receipts.js";
import { PinnedDialog } from "./pinned.js";
import { PaletteDialog } from "./palette.js";
import { SavedDialog } from "./saved.js";
import { ScheduledDialog, ScheduledHereDialog } from "./scheduled.js";
import { SendLaterDialog } from "./sendlater.js";
import { toggleSaved } from "./saving.js";
import { ScheduledLine, SendLaterButton, isForLater } from "./scheduledline.js";
import { SettingsDialog } from "./settings.js";
import { ShortcutsDialog } from "./shortcuts.js";
import { ThreadPane } from "./threadpane.js";
import { ThreadLine, ThreadsDialog, ThreadsEntry, openThread } from "./threads.js";
import { VotersDialog } from "./voters.js";
import { isRecordingIn } from "../../voice/recording.js";

export { MissingGroup, ThreadPane };

export const DIALOGS = {
  account: AccountDialog,
  administration: AdministrationDialog,
  newGroup: NewGroupDialog,
  newPoll: NewPollDialog,
  findGroups: FindGroupsDialog,
  settings: SettingsDialog,
  notifications: NotificationsDialog,
  shortcuts: ShortcutsDialog,
  details: DetailsDialog,
  pinned: PinnedDialog,
  messageMenu: MessageMenuDialog,
  emoji: EmojiDialog,
  versions: VersionsDialog,
  reactors: ReactorsDialog,
  voters: VotersDialog,
  deleteMessage: DeleteMessageDialog,
  reportMessage: ReportMessageDialog,
  receipts: ReceiptsDialog,
  forward: ForwardDialog,
  saved: SavedDialog,
  sendLater: SendLaterDialog,
  scheduled: ScheduledDialog,
  scheduledHere: ScheduledHereDialog,
  palette: PaletteDialog,
  threads: ThreadsDialog,
  attachedPicture: AttachedPictureDialog,
  gallery: GalleryDialog,
  textFile: TextFileDialog,
  files: FilesDialog,
};

/** What the conversation has besides, when this is loaded. */
export const PARTS = { ConversationMenu, MentionList, ScheduledLine, SendLaterButton, isForLater, toggleSaved, ThreadLine, ThreadsEntry, openThread, AttachButton, DropZone, pasteFiles, FileTray, UploadLines, VoiceBar, VoiceButton, isRecordingIn };
