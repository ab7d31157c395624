package io.tidemark.spark;

import io.tidemark.lake.delta.DeltaFixture;
import io.tidemark.lake.iceberg.IcebergFixture;
import io.tidemark.testkit.lake.ApplyContract;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.FenceContract;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LatestByContract;
import io.tidemark.testkit.lake.LoadContract;
import io.tidemark.testkit.lake.SoftDeleteContract;
import io.tidemark.testkit.lake.UnchangedContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

class SparkContractTest {
    private static LakeFixture iceberg(Path folder, ApplyMemory memory) {
        return SparkFixture.onSpark(IcebergFixture.faulty(folder, "deletion-vectors", memory), memory);
    }

    private static LakeFixture delta(Path folder, ApplyMemory memory) {
        return SparkFixture.onSpark(new DeltaFixture(folder, memory), memory);
    }

    @Nested
    class IcebergApply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return iceberg(folder, memory);
        }
    }

    @Nested
    class IcebergUnchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return iceberg(folder, memory);
        }
    }

    @Nested
    class IcebergLatest extends LatestByContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return iceberg(folder, memory);
        }
    }

    @Nested
    class IcebergSoftDelete extends SoftDeleteContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return iceberg(folder, memory);
        }
    }

    @Nested
    class IcebergFence extends FenceContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return iceberg(folder, memory);
        }
    }

    @Nested
    class DeltaApply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return delta(folder, memory);
        }
    }

    @Nested
    class DeltaUnchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return delta(folder, memory);
        }
    }

    @Nested
    class WithoutIndexApply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return SparkFixture.withoutIndex(IcebergFixture.faulty(folder, "deletion-vectors", memory));
        }
    }

    @Nested
    class WithoutIndexUnchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return SparkFixture.withoutIndex(IcebergFixture.faulty(folder, "deletion-vectors", memory));
        }
    }

    @Nested
    class WithoutIndexSoftDelete extends SoftDeleteContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return SparkFixture.withoutIndex(IcebergFixture.faulty(folder, "deletion-vectors", memory));
        }
    }

    @Nested
    class WithoutIndexLoad extends LoadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return SparkFixture.withoutIndex(IcebergFixture.faulty(folder, "deletion-vectors", memory));
        }
    }
}
