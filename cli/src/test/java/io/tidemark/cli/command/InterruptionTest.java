package io.tidemark.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A signal can only be sent to a process of its own. */
class InterruptionTest {
    @Test
    void holdsTheProcessUntilEverythingIsClosed() throws Exception {
        Process process = stopped(Closing.class);

        assertThat(process.inputReader().lines()).containsExactly("stopping", "closed");
    }

    @Test
    void isForgottenWhenTheCommandEndsByItself() throws Exception {
        Process process = start(Ending.class);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.inputReader().lines()).containsExactly("ended");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void secondSignalEndsTheProcessAtOnce() throws Exception {
        Process process = start(Hanging.class);
        BufferedReader out = process.inputReader();
        out.readLine();
        process.toHandle().destroy();
        assertThat(out.readLine()).isEqualTo("stopping");
        process.toHandle().destroy();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
    }

    @Test
    void whatLibrariesCloseAtTheEndOfTheProcessIsOpenUntilThen() throws Exception {
        Process process = stopped(Hooked.class);

        assertThat(process.inputReader().lines()).containsExactly("closed", "hook");
    }

    @Test
    void oneThatWasClosedFirstDoesNotStopTheProcessFromEnding() throws Exception {
        Process process = stopped(Crossed.class);

        assertThat(process.inputReader().lines()).isEmpty();
    }

    /** The process of a command that was told to stop once it had started, after its end by that signal. */
    private static Process stopped(Class<?> main) throws Exception {
        Process process = start(main);
        process.inputReader().readLine();
        process.toHandle().destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        return process;
    }

    private static Process start(Class<?> main) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(List.of(java, "-cp", System.getProperty("java.class.path"), main.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** A command that is told to stop and takes a while to close. */
    static final class Closing {
        private Closing() {}

        public static void main(String[] args) throws InterruptedException {
            Thread caller = Thread.currentThread();
            try (Interruption interruption = Interruption.open()) {
                interruption.onSignal(() -> {
                    System.out.println("stopping");
                    caller.interrupt();
                });
                System.out.println("started");
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    Thread.sleep(300);
                    System.out.println("closed");
                }
            }
        }
    }

    /** A command that does not come to its end. */
    static final class Hanging {
        private Hanging() {}

        public static void main(String[] args) throws InterruptedException {
            try (Interruption interruption = Interruption.open()) {
                interruption.onSignal(() -> System.out.println("stopping"));
                System.out.println("started");
                Thread.sleep(60_000);
            }
        }
    }

    /** A command with a library that closes itself when the process ends. */
    static final class Hooked {
        private Hooked() {}

        public static void main(String[] args) throws InterruptedException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
            CountDownLatch stopped = new CountDownLatch(1);
            try (Interruption interruption = Interruption.open()) {
                interruption.onSignal(stopped::countDown);
                System.out.println("started");
                stopped.await();
                Thread.sleep(300);
                System.out.println("closed");
            }
        }
    }

    /** Two commands in one process, of which the first one to begin is the first one to end. */
    static final class Crossed {
        private Crossed() {}

        public static void main(String[] args) throws InterruptedException {
            Interruption first = Interruption.open();
            Interruption second = Interruption.open();
            first.onSignal(() -> System.out.println("stopping"));
            first.close();
            second.close();
            System.out.println("started");
            Thread.sleep(60_000);
        }
    }

    /** A command that ends before any signal. */
    static final class Ending {
        private Ending() {}

        public static void main(String[] args) {
            try (Interruption interruption = Interruption.open()) {
                interruption.onSignal(() -> System.out.println("stopping"));
                System.out.println("ended");
            }
        }
    }
}
