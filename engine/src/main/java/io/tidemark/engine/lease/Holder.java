package io.tidemark.engine.lease;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Who holds a lease: host, process and when the process started. A holder on the same host whose process is gone is dead at once; others are
 * judged by their renewals.
 *
 * @param host name of the machine
 * @param pid process id
 * @param startedMillis start of the process, milliseconds since the epoch, 0 when unknown
 * @param instance tells pipelines apart that one process has opened
 */
record Holder(String host, long pid, long startedMillis, String instance) {
    static Holder ofThisProcess() {
        ProcessHandle self = ProcessHandle.current();
        return new Holder(
                hostName(), self.pid(), startMillis(self), UUID.randomUUID().toString());
    }

    /** Reads what {@link #toString()} wrote. */
    static Optional<Holder> parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Holder(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3]));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether this holder is certainly dead, as far as this machine can tell. */
    boolean isKnownDead() {
        if (!host.equals(hostName())) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        return process.isEmpty()
                || !process.orElseThrow().isAlive()
                || startMillis(process.orElseThrow()) != startedMillis;
    }

    @Override
    public String toString() {
        return host + "/" + pid + "/" + startedMillis + "/" + instance;
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replace('/', '_');
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}
