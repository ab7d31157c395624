package io.tidemark.engine.capture;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.source.LogSource;
import io.tidemark.spi.source.SourceIdentity;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks which database capture has before it, and whether it can go on with it. */
final class SourceChange {
    private static final Logger LOG = LoggerFactory.getLogger(SourceChange.class);

    private final Pipeline pipeline;
    private final LogSource source;
    private final CaptureReports reports;

    SourceChange(Pipeline pipeline, LogSource source, CaptureReports reports) {
        this.pipeline = pipeline;
        this.source = source;
        this.reports = reports;
    }

    /**
     * Remembers the database that is captured for the first time, refuses another one, and follows the known one onto a new timeline.
     *
     * @param known the database that is required, looked up before the token: whoever has capture begin anew says so before it forgets the database
     * @param token where capture would go on
     * @return where it goes on
     */
    Optional<String> check(Optional<SourceIdentity> known, Optional<SliceManifest> newest, Optional<String> token) {
        if (known.isEmpty()) {
            SourceIdentity found = source.identity();
            if (found.timeline() == 0) {
                // A standby: preparation says so.
                return token;
            }
            pipeline.knownSource().remember(found);
            LOG.info(
                    "source known system={} database={} timeline={}",
                    found.system(),
                    found.database(),
                    found.timeline());
        } else {
            Optional<String> followed = follow(known.orElseThrow(), newest, token);
            if (followed.isPresent()) {
                return followed;
            }
        }
        if (token.isEmpty()) {
            newest.ifPresent(slice -> source.beginAfter(slice.through()));
        }
        return token;
    }

    /** Returns where capture goes on when the timeline is a new one. */
    private Optional<String> follow(SourceIdentity known, Optional<SliceManifest> newest, Optional<String> token) {
        SourceIdentity found = source.identity();
        if (!found.isSameDatabase(known) || found.timeline() == known.timeline()) {
            // What is of another database is refused by whatever is asked next.
            return Optional.empty();
        }
        Optional<String> followed = source.follow(known, reached(newest), token);
        // First where to go on: if this ends half-way, the timeline is followed once more.
        followed.ifPresent(
                from -> reports.resumeAt(newest.map(SliceManifest::sequence).orElse(0L), from));
        pipeline.knownSource().remember(found);
        return followed;
    }

    /** Transactions up to here may be in the lake: by a slice, or by a load at a later cut. */
    private Position reached(Optional<SliceManifest> newest) {
        return pipeline.registry().list().stream()
                .flatMap(table -> Optional.ofNullable(table.load()).stream())
                .map(LoadPlan::lastCutoff)
                .map(cutoff -> new Position(cutoff.value() - 1))
                .reduce(newest.map(SliceManifest::through).orElse(Position.ZERO), Position::max);
    }
}
