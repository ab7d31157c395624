package io.tidemark.spark;

import io.tidemark.testkit.lake.ApplyContract;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LakeFormatContract;
import io.tidemark.testkit.lake.UnchangedContract;
import java.nio.file.Path;
import org.apache.hudi.common.model.HoodieTableType;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole contract, and what merge-on-read does in another way; in a short build {@link HudiSparkContractTest} asks for a part. */
@EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
class HudiOnSparkContractTest {
    @Nested
    class CopyOnWrite extends LakeFormatContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return HudiSparkContractTest.lake(folder, HoodieTableType.COPY_ON_WRITE, memory);
        }
    }

    @Nested
    class MergeOnReadApply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return HudiSparkContractTest.lake(folder, HoodieTableType.MERGE_ON_READ, memory);
        }
    }

    @Nested
    class MergeOnReadUnchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return HudiSparkContractTest.lake(folder, HoodieTableType.MERGE_ON_READ, memory);
        }
    }
}
