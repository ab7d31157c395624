package io.tidemark.engine.capture;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.report.RoleReports;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.slice.SliceManifest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What capture says of itself about once a second, and where the next one goes on by it: after the newest slice, or after what was read since without
 * finding anything to capture. Used by one thread: {@link #resumeToken} first.
 */
final class CaptureReports {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Documents<CaptureProgress> documents;
    private final RoleReports roleReports;
    private final Clock clock;

    /** Where the source goes on after the newest slice, as far as it was told; the report keeps it while the next slice is open. */
    private String idleToken = "";

    private boolean restarting;
    private Instant sealedUpTo = Instant.EPOCH;

    /** Up to when the capture before this one had everything that happened in the source sealed. */
    private Instant knownUpTo = Instant.EPOCH;

    private Instant last = Instant.EPOCH;

    /** Whether nothing was open at the last report; what cannot be sealed is open at one of two. */
    private boolean wasIdle;

    CaptureReports(MetadataStore metastore, Clock clock, RoleReports roleReports) {
        this.documents = new Documents<>(metastore, CaptureProgress.class);
        this.roleReports = roleReports;
        this.clock = clock;
    }

    /** Where capture goes on; empty for a new pipeline, or when it is to begin anew. */
    Optional<String> resumeToken(Optional<SliceManifest> newest) {
        long sequence = newest.map(SliceManifest::sequence).orElse(0L);
        Optional<CaptureProgress> last = documents.find(Keys.CAPTURE);
        sealedUpTo = last.map(CaptureProgress::partitions)
                .map(CaptureProgress.Partitions::sealedUpTo)
                .orElse(Instant.EPOCH);
        knownUpTo = last.map(CaptureProgress::shownUpTo).orElse(Instant.EPOCH);
        Optional<CaptureProgress> report = last.filter(found -> found.afterSlice() == sequence);
        restarting = report.filter(CaptureProgress::restart).isPresent();
        wasIdle = false;
        Optional<String> token = restarting
                ? Optional.empty()
                : report.map(CaptureProgress::idleToken)
                        .filter(idle -> !idle.isEmpty())
                        .or(() -> newest.map(SliceManifest::resumeToken).filter(found -> !found.isEmpty()));
        idleToken = token.orElse("");
        return token;
    }

    /** Stores where the source goes on after the newest slice, when that is not where the last report said. */
    void resumeAt(long slice, String token) {
        idleToken = token;
        documents.put(Keys.CAPTURE, CaptureProgress.resumeAfter(slice, token, clock.instant()));
    }

    /** What the last report said of this, for a source with partitions. */
    Instant sealedUpTo() {
        return sealedUpTo;
    }

    /** A slice was sealed, whose own token says where the source goes on. */
    void sealed() {
        idleToken = "";
        restarting = false;
        roleReports.works(CaptureRole.LEASE);
    }

    boolean isDue() {
        return Duration.between(last, clock.instant()).compareTo(PAUSE) >= 0;
    }

    /**
     * Writes a report.
     *
     * @param slice newest sealed slice
     * @param delivered where the source goes on after all that was handed on; asked for when nothing is open
     * @param partitions how the partitions of the source are read; null when it has none
     * @return the token, which is stored now, when nothing is open
     */
    Optional<String> write(
            SliceSink sink,
            long slice,
            Supplier<String> delivered,
            Instant caughtUpAt,
            CaptureProgress.@Nullable Partitions partitions) {
        last = clock.instant();
        boolean isIdle = sink.isEmpty();
        if (isIdle) {
            idleToken = delivered.get();
        }
        if (isIdle && wasIdle) {
            roleReports.works(CaptureRole.LEASE);
        }
        wasIdle = isIdle;
        documents.put(
                Keys.CAPTURE,
                new CaptureProgress(
                        slice,
                        idleToken,
                        sink.delivered(),
                        caughtUpAt.isAfter(knownUpTo) ? caughtUpAt : knownUpTo,
                        sink.openSince(),
                        sink.openRows(),
                        sink.events(),
                        last,
                        restarting && idleToken.isEmpty(),
                        partitions));
        return isIdle ? Optional.of(idleToken) : Optional.empty();
    }
}
