package io.tidemark.spark;

import io.tidemark.lake.hudi.HudiFixture;
import io.tidemark.testkit.lake.ApplyContract;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LatestByContract;
import io.tidemark.testkit.lake.SoftDeleteContract;
import io.tidemark.testkit.lake.UnchangedContract;
import java.nio.file.Path;
import org.apache.hudi.common.model.HoodieTableType;
import org.junit.jupiter.api.Nested;

/** What a short build has the time for; {@link HudiOnSparkContractTest} is the rest. */
class HudiSparkContractTest {
    static LakeFixture lake(Path folder, HoodieTableType type, ApplyMemory memory) {
        return SparkFixture.onSpark(new HudiFixture(folder, type, memory), memory);
    }

    @Nested
    class CopyOnWriteApply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, HoodieTableType.COPY_ON_WRITE, memory);
        }
    }

    @Nested
    class CopyOnWriteUnchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, HoodieTableType.COPY_ON_WRITE, memory);
        }
    }

    @Nested
    class MergeOnReadLatest extends LatestByContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, HoodieTableType.MERGE_ON_READ, memory);
        }
    }

    @Nested
    class MergeOnReadSoftDelete extends SoftDeleteContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, HoodieTableType.MERGE_ON_READ, memory);
        }
    }
}
