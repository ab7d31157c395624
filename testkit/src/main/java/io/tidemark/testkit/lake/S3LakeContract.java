package io.tidemark.testkit.lake;

import io.tidemark.testkit.s3.S3Server;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The topics of the lakes' contract for which it matters where files are, in S3; three of them in slow builds only. */
public abstract class S3LakeContract {
    @TempDir
    static Path objects;

    private static S3Server server;

    /** Opens a lake that holds nothing yet, in a bucket of its own; what it keeps on local disk is in the folder. */
    protected abstract LakeFixture open(Path folder, S3Server storage, ApplyMemory memory);

    @BeforeAll
    static void startServer() {
        server = S3Server.start(objects);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    protected final S3Server server() {
        return server;
    }

    @Nested
    class Load extends LoadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return S3LakeContract.this.open(folder, server, memory);
        }
    }

    @Nested
    class Fence extends FenceContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return S3LakeContract.this.open(folder, server, memory);
        }
    }

    @Nested
    class Publish extends PublishContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return S3LakeContract.this.open(folder, server, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Crash extends CrashContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return S3LakeContract.this.open(folder, server, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Read extends ReadContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return S3LakeContract.this.open(folder, server, memory);
        }
    }

    @Nested
    @EnabledIfSystemProperty(named = "tidemark.slow", matches = "true")
    class Upkeep extends UpkeepContract {
        @Override
        protected LakeFixture open(Path folder, ApplyMemory memory) {
            return S3LakeContract.this.open(folder, server, memory);
        }
    }
}
