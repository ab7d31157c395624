package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.maintain.Upkeep;
import io.tidemark.lake.upsert.apply.ApplyLimits;
import java.time.Clock;

/**
 * What tests turn down.
 *
 * @param limits memory of an apply
 * @param upkeep when upkeep is due
 */
record LakeOptions(ApplyLimits limits, Upkeep.Rules upkeep) {
    static LakeOptions defaults() {
        return new LakeOptions(ApplyLimits.DEFAULT, Upkeep.Rules.defaults(Clock.systemUTC()));
    }
}
