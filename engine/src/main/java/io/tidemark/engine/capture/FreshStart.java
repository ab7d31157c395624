package io.tidemark.engine.capture;

import io.tidemark.engine.metadata.Documents;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.slice.SliceManifest;

/** Capture that begins anew where the source stands, after changes were lost. */
public final class FreshStart {
    private final Pipeline pipeline;

    public FreshStart(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Has the next capture begin anew after the newest slice, instead of asking for changes that only a lost slot had. */
    public void restartCapture() {
        long newest = pipeline.sliceLog().newest().map(SliceManifest::sequence).orElse(0L);
        new Documents<>(pipeline.metastore(), CaptureProgress.class)
                .put(
                        Keys.CAPTURE,
                        CaptureProgress.restartAfter(newest, pipeline.clock().instant()));
    }

    /** All tables lack changes from now on; those that a user has stopped are brought up again when they go on. */
    public void loseAll(TidemarkException reason) {
        for (TableRecord table : pipeline.registry().list()) {
            if (table.state() == TableState.PAUSED) {
                pipeline.registry().update(table.id(), (record, now) -> record.withLostChanges());
            } else if (table.state() != TableState.DROPPED) {
                pipeline.registry().fail(table.id(), reason);
            }
        }
    }

    /** Has all tables that {@link #loseAll} has stopped compared with the source, or loaded again where that is not possible. */
    public void compareAll(String reason) {
        for (TableRecord table : pipeline.registry().list()) {
            if (table.state() != TableState.PAUSED && table.state() != TableState.DROPPED) {
                pipeline.registry().compare(table.id(), reason);
            }
        }
        pipeline.signals().tables().wake();
    }
}
