package io.tidemark.lake.hudi;

import io.tidemark.testkit.lake.ApplyContract;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.ReadContract;
import io.tidemark.testkit.lake.SoftDeleteContract;
import io.tidemark.testkit.lake.UpkeepContract;
import java.nio.file.Path;
import org.apache.hudi.common.model.HoodieTableType;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What is written or read in another way than with copy-on-write. */
class HudiMergeOnReadContractTest {
    static LakeFixture lake(Path folder, ApplyMemory memory) {
        return new HudiFixture(folder, HoodieTableType.MERGE_ON_READ, memory);
    }

    @Nested
    class Apply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Read extends ReadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    /** Takes a minute; {@link HudiLakeTest} merges log files too. */
    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Upkeep extends UpkeepContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class SoftDelete extends SoftDeleteContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }
}
