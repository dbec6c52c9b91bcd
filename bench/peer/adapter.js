/**
 * socket.io's in-memory adapter, changed to write one buffer for each frame.
 *
 * The stock adapter already encodes a broadcast and its WebSocket frame once for all recipients, but as two buffers
 * (header, payload), which costs a vectored write for each recipient. Joined, they are one plain `write`.
 */
import { Adapter } from "socket.io-adapter";

export class FramedOnceAdapter extends Adapter {
  _encode(packet, options) {
    const encoded = super._encode(packet, options);
    if (options.wsPreEncodedFrame?.length > 1) options.wsPreEncodedFrame = [Buffer.concat(options.wsPreEncodedFrame)];
    return encoded;
  }
}
