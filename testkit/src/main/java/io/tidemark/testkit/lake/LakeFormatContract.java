package io.tidemark.testkit.lake;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** All topics of the lakes' contract for one format: a topic that is added here is asked of every format. */
public abstract class LakeFormatContract {
    /** Opens a lake that holds nothing yet, in a folder that is empty. */
    protected abstract LakeFixture open(Path folder, ApplyMemory memory);

    @Nested
    class Load extends LoadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Apply extends ApplyContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Keyless extends KeylessContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Fence extends FenceContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Read extends ReadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Upkeep extends UpkeepContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Evolution extends EvolutionContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Crash extends CrashContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Partition extends PartitionContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Simulation extends SimulationContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Type extends TypeContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Publish extends PublishContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class SoftDelete extends SoftDeleteContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Latest extends LatestByContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }

    @Nested
    class Unchanged extends UnchangedContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return LakeFormatContract.this.open(folder, memory);
        }
    }
}
