import { openMicrophone, stopStream, switchMicrophone } from "./microphone";

/** The microphone of one call, as long as it is open. */
export class CallMicrophone {
    /**
     * @param {import("./devices").Devices} devices what the user has chosen
     * @param {MediaStream|null} stream that is open already
     */
    constructor(devices, stream) {
        this.devices = devices;
        this.stream = stream;
    }

    get isOpen() {
        return Boolean(this.stream);
    }

    get id() {
        return this.devices.idOf("microphone");
    }

    /** @returns {Promise<MediaStream>} */
    async open() {
        // Not before it is there: who opens twice at once would forget the first.
        const stream = await openMicrophone(this.id);
        this.stream = stream;
        return stream;
    }

    /**
     * Take the one that is chosen now.
     *
     * @param {RTCPeerConnection|undefined} connection
     * @param {() => boolean} isOn whether the other side is to hear it
     */
    async change(connection, isOn) {
        const sender = connection?.getSenders?.().find(({ track }) => track?.kind === "audio");
        if (!sender || !this.isOpen) {
            return;
        }
        const stream = await switchMicrophone(sender, this.id, isOn);
        stopStream(this.stream);
        this.stream = stream;
    }

    close() {
        stopStream(this.stream);
        this.stream = null;
    }
}
