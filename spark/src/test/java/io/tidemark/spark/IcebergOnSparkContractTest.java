package io.tidemark.spark;

import io.tidemark.lake.iceberg.IcebergFixture;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LakeFormatContract;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole contract; in a short build {@link SparkContractTest} asks for the part that Spark does. */
@EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
class IcebergOnSparkContractTest extends LakeFormatContract {
    @Override
    protected LakeFixture open(Path folder, ApplyMemory memory) {
        return SparkFixture.onSpark(IcebergFixture.faulty(folder, "deletion-vectors", memory), memory);
    }
}
