package io.tidemark.spark;

import io.tidemark.lake.delta.DeltaFixture;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LakeFormatContract;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole contract; in a short build {@link SparkContractTest} asks for the part that Spark does. */
@EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
class DeltaOnSparkContractTest extends LakeFormatContract {
    @Override
    protected LakeFixture open(Path folder, ApplyMemory memory) {
        return SparkFixture.onSpark(new DeltaFixture(folder, memory), memory);
    }
}
