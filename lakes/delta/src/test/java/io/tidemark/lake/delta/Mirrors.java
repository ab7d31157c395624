package io.tidemark.lake.delta;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeApply;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTable.ChunkWriter;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.testkit.lake.Events;

/** Mirrors for tests of what is in the log. */
final class Mirrors {
    private Mirrors() {}

    /** A published mirror, opened. */
    static LakeTable load(Lake lake, LakeTableSpec spec, Events rows) {
        try (LakeTable making = lake.openLoad(spec)) {
            making.beginLoad("load", 1);
            try (ChunkWriter writer = making.openChunk(0)) {
                writer.append(rows.batch());
                writer.commit();
            }
            making.finishLoad(LakeProgress.NONE.withApplied(new Position(1), 0, 0));
        }
        lake.publish(spec.schema().table(), "load");
        return lake.find(spec.schema().table()).orElseThrow();
    }

    /** Events for the next {@link #apply}. */
    static Events events(LakeTable table) {
        return new Events(table.spec().schema(), table.progress().applied().value() + 1);
    }

    static void apply(LakeTable table, Events events) {
        LakeProgress before = table.progress();
        try (LakeApply apply = table.beginApply(before, 1)) {
            apply.add(events.batch());
            apply.commit(before.withApplied(new Position(before.applied().value() + 1), before.slice() + 1, 1));
        }
    }
}
