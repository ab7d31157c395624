package io.tidemark.lake.iceberg;

import io.tidemark.testkit.lake.ApplyContract;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.CrashContract;
import io.tidemark.testkit.lake.KeylessContract;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.ReadContract;
import io.tidemark.testkit.lake.SimulationContract;
import io.tidemark.testkit.lake.SoftDeleteContract;
import io.tidemark.testkit.lake.UnchangedContract;
import io.tidemark.testkit.lake.UpkeepContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** The topics for which it matters how rows are deleted; {@link DeletionVectorsContractTest} has all. */
class PositionDeletesContractTest {
    private static LakeFixture positions(Path folder, ApplyMemory memory) {
        return IcebergFixture.faulty(folder, "position-deletes", memory);
    }

    @Nested
    class Apply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }

    @Nested
    class Keyless extends KeylessContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }

    @Nested
    class Unchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }

    @Nested
    class SoftDelete extends SoftDeleteContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }

    @Nested
    class Crash extends CrashContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }

    @Nested
    class Read extends ReadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }

    @Nested
    class Upkeep extends UpkeepContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }

    @Nested
    class Simulation extends SimulationContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return positions(folder, memory);
        }
    }
}
