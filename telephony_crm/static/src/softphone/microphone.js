import { browser } from "@web/core/browser/browser";

/** What keeps the user from being heard: "insecure", "refused", "none", "taken". */
export class MicrophoneError extends Error {
    /** @param {string} reason */
    constructor(reason) {
        super(reason);
        this.reason = reason;
    }
}

const REASONS = {
    NotAllowedError: "refused",
    SecurityError: "refused",
    NotFoundError: "none",
    OverconstrainedError: "none",
    NotReadableError: "taken",
    AbortError: "taken",
};

/** Whether browsers let this page have a microphone at all: https, or this machine. */
export function isSecure() {
    return Boolean(window.isSecureContext && browser.navigator.mediaDevices);
}

/**
 * @param {string} [deviceId] the one to take if it is there
 * @returns {Promise<MediaStream>} of the microphone; whoever asks stops its tracks
 * @throws {MicrophoneError}
 */
export async function openMicrophone(deviceId = "") {
    if (!isSecure()) {
        throw new MicrophoneError("insecure");
    }
    const audio = {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        ...(deviceId && { deviceId: { ideal: deviceId } }),
    };
    try {
        return await browser.navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
        throw new MicrophoneError(REASONS[error.name] || "taken");
    }
}

export function stopStream(stream) {
    stream?.getTracks().forEach((track) => track.stop());
}

/**
 * Have a connection send what another microphone hears.
 *
 * @param {RTCRtpSender} sender
 * @param {string} deviceId
 * @param {() => boolean} isOn whether it is to be heard
 * @returns {Promise<MediaStream>} whoever asks stops its tracks, and those of the one before
 */
export async function switchMicrophone(sender, deviceId, isOn) {
    const stream = await openMicrophone(deviceId);
    const [track] = stream.getAudioTracks();
    track.enabled = isOn();
    try {
        await sender.replaceTrack(track);
    } catch (error) {
        stopStream(stream);
        throw error;
    }
    return stream;
}

/**
 * Ask for the permission where the user is, since a browser asks on the page that is in
 * front only.
 *
 * @throws {MicrophoneError}
 */
export async function askPermission() {
    stopStream(await openMicrophone());
}
