package io.tidemark.testkit.lake;

import io.tidemark.spi.lake.LakeRewrite;
import io.tidemark.spi.lake.LakeTable;
import java.util.List;
import java.util.Optional;

/** All that upkeep does to a mirror, step by step. */
public final class MirrorUpkeep {
    private MirrorUpkeep() {}

    /** A short step, or else a rewrite from its plan to its commit; returns what was done, empty when nothing was due. */
    public static Optional<String> step(LakeTable table, long fence, List<Long> keep) {
        Optional<String> done = table.maintain(fence, keep);
        return done.isPresent() ? done : rewrite(table, fence);
    }

    private static Optional<String> rewrite(LakeTable table, long fence) {
        Optional<LakeRewrite> planned = table.planRewrite();
        if (planned.isEmpty()) {
            return Optional.empty();
        }
        try (LakeRewrite rewrite = planned.orElseThrow()) {
            rewrite.run();
            return table.commitRewrite(rewrite, fence);
        }
    }
}
