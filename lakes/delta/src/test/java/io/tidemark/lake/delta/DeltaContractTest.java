package io.tidemark.lake.delta;

import io.tidemark.testkit.lake.ApplyContract;
import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.CrashContract;
import io.tidemark.testkit.lake.EvolutionContract;
import io.tidemark.testkit.lake.FenceContract;
import io.tidemark.testkit.lake.KeylessContract;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LoadContract;
import io.tidemark.testkit.lake.PartitionContract;
import io.tidemark.testkit.lake.PublishContract;
import io.tidemark.testkit.lake.ReadContract;
import io.tidemark.testkit.lake.SimulationContract;
import io.tidemark.testkit.lake.SoftDeleteContract;
import io.tidemark.testkit.lake.TypeContract;
import io.tidemark.testkit.lake.UnchangedContract;
import io.tidemark.testkit.lake.UpkeepContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

class DeltaContractTest {
    static LakeFixture lake(Path folder, ApplyMemory memory) {
        return new DeltaFixture(folder, memory);
    }

    @Nested
    class Load extends LoadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Apply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Keyless extends KeylessContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Fence extends FenceContract {
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

    @Nested
    class Upkeep extends UpkeepContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Evolution extends EvolutionContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Crash extends CrashContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Partition extends PartitionContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Simulation extends SimulationContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Type extends TypeContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }

    @Nested
    class Publish extends PublishContract {
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

    @Nested
    class Unchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return lake(folder, memory);
        }
    }
}
