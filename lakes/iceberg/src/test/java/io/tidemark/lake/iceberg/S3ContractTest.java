package io.tidemark.lake.iceberg;

import io.tidemark.testkit.lake.ApplyMemory;
import io.tidemark.testkit.lake.CrashContract;
import io.tidemark.testkit.lake.FenceContract;
import io.tidemark.testkit.lake.LakeFixture;
import io.tidemark.testkit.lake.LoadContract;
import io.tidemark.testkit.lake.PublishContract;
import io.tidemark.testkit.lake.ReadContract;
import io.tidemark.testkit.lake.UpkeepContract;
import io.tidemark.testkit.s3.S3Server;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The topics for which it matters where files are, three of them in slow builds only; {@link DeletionVectorsContractTest} has all. */
class S3ContractTest {
    @TempDir
    static Path objects;

    private static S3Server server;

    @BeforeAll
    static void startServer() {
        server = S3Server.start(objects);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static LakeFixture inS3(Path folder, ApplyMemory memory) {
        return IcebergFixture.inS3(folder, server, memory);
    }

    @Nested
    class Load extends LoadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    class Fence extends FenceContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Crash extends CrashContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Read extends ReadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    class Publish extends PublishContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Upkeep extends UpkeepContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return inS3(folder, memory);
        }
    }
}
