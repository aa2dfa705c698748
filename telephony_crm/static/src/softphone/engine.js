import { loadBundle } from "@web/core/assets";
import { JsSipEngine } from "./jssip_engine";

/**
 * What a softphone needs of a SIP library; JsSIP behind it, something simple in tests.
 *
 * @typedef {Object} EngineHandlers
 * @property {(status: EngineStatus, detail?: string) => void} onStatus
 * @property {(session: EngineSession) => void} onSession somebody calls
 *
 * @typedef {"connecting"|"registered"|"lost"|"refused"|"failed"} EngineStatus
 *  `lost`: no connection, tried again by itself; `refused`: the PBX does not take the
 *  password (detail "password") or does not know the extension ("unknown"); `failed`:
 *  registered it is not, for another reason, tried again by itself
 *
 * @typedef {Object} EngineSession one dialog of SIP
 * @property {string} id
 * @property {"incoming"|"outgoing"} direction
 * @property {string} number of the other side, '' when hidden
 * @property {string} name as the PBX gives it
 * @property {string} callRef the PBX's id of the call, where it tells (X-Telephony-Call)
 * @property {(handlers: SessionHandlers) => void} listen
 * @property {(stream: MediaStream) => void} answer
 * @property {() => void} hangUp also declines, also gives up calling
 * @property {(on: boolean) => void} mute
 * @property {(on: boolean) => Promise<void>} hold
 * @property {(digit: string) => void} press
 * @property {(number: string) => Promise<void>} refer blind; kept once the PBX has done it
 * @property {(other: EngineSession) => Promise<void>} referTo attended
 * @property {RTCPeerConnection} [connection] of the sound
 *
 * @typedef {Object} SessionHandlers
 * @property {() => void} onTalk both sides are connected
 * @property {(stream: MediaStream) => void} onSound the other side is to be heard
 * @property {(who: {number: string, name: string}) => void} onOther somebody else is there
 * @property {(reason: string) => void} onEnd '' for the ordinary end, else "busy",
 *  "rejected", "unanswered", "unknown", "sound", "connection", "failed"
 */

/**
 * @param {Object} account see the server's `softphone_config`
 * @param {EngineHandlers} handlers
 * @returns {Promise<JsSipEngine>} not started yet
 */
async function make(account, handlers) {
    // Needed by one tab of those who have a softphone, and by nobody else.
    await loadBundle("telephony_crm.assets_softphone");
    return new JsSipEngine(window.JsSIP, account, handlers);
}

/** In an object, so that tests can put another one in its place. */
export const engines = { make };
