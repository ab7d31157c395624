package io.tidemark.testkit.lake;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.awaitility.Awaitility;

/** Times that tell commits apart whose time is in milliseconds. */
final class Clocks {
    private Clocks() {}

    /** A time to the millisecond, not before anything that was done, and before anything that will be. */
    static Instant passed() {
        Instant then = Instant.now().truncatedTo(ChronoUnit.MILLIS).plusMillis(1);
        Awaitility.await()
                .pollDelay(java.time.Duration.ZERO)
                .until(() -> Instant.now().isAfter(then.plusMillis(1)));
        return then;
    }
}
