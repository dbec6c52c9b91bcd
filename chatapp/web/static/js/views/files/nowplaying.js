/** The sound that plays on while its message is not on the screen. */

import { drawnSounds, isPlaying, positionSeconds, sound, stopSound, toggleSound } from "../../playback.js";
import { say } from "../../strings.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";

export function NowPlaying() {
  const playing = sound.value;
  if (!playing || drawnSounds.value.has(playing.id) || (!isPlaying.value && positionSeconds.value === 0)) return null;
  const label = isPlaying.value ? say.pause : say.playNamed({ name: playing.name });
  return html`<div class="now-playing"><div class="now-playing-bar" role="group" aria-label=${playing.name}>
    <button type="button" class="icon-button icon-button-small" aria-label=${label} title=${label} onClick=${() => toggleSound(playing)}><${Icon} name=${isPlaying.value ? "pause" : "play"} size=${18} /></button>
    <bdi>${playing.name}</bdi>
    <button type="button" class="icon-button icon-button-small" aria-label=${say.playbackStop} title=${say.playbackStop} onClick=${stopSound}><${Icon} name="close" size=${18} /></button>
  </div></div>`;
}
