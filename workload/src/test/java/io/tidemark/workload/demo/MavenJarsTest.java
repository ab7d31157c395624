package io.tidemark.workload.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars are found, checked and downloaded, with a folder behind a server as the repository on the network. */
class MavenJarsTest {
    private static final MavenJar ONE = jar("one", "first content");
    private static final MavenJar TWO = jar("two", "second content");

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> progress = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private HttpServer server;

    @TempDir
    Path folder;

    @BeforeEach
    void startRepository() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/maven/", this::answer);
        server.start();
        put(remote(), ONE, "first content");
        put(remote(), TWO, "second content");
    }

    @AfterEach
    void stopRepository() {
        server.stop(0);
    }

    @Test
    void takesFromCacheAndLocalRepositoryBeforeItDownloads() throws Exception {
        put(cache(), ONE, "first content");
        put(local(), TWO, "second content");

        assertThat(find()).containsExactly(cache().resolve(ONE.path()), local().resolve(TWO.path()));
        assertThat(requests).isEmpty();
        assertThat(progress).isEmpty();
        assertThat(notices).isEmpty();
    }

    @Test
    void downloadsOnceIntoTheCache() throws Exception {
        assertThat(find()).containsExactly(cache().resolve(ONE.path()), cache().resolve(TWO.path()));
        assertThat(requests).containsExactly("/maven/" + ONE.path(), "/maven/" + TWO.path());
        assertThat(progress)
                .containsExactly(
                        "downloading the server (first use only): 1 of 2 files, 1 MB",
                        "downloading the server (first use only): 2 of 2 files, 1 MB");
        assertThat(cache().resolve(ONE.path())).hasContent("first content");

        assertThat(find()).hasSize(2);
        assertThat(requests).as("nothing is downloaded twice").hasSize(2);
    }

    @Test
    void downloadsAnewWhatIsWrongInTheCache() throws Exception {
        put(cache(), ONE, "First content");
        put(cache(), TWO, "second");

        assertThat(find()).containsExactly(cache().resolve(ONE.path()), cache().resolve(TWO.path()));
        assertThat(cache().resolve(ONE.path())).hasContent("first content");
        assertThat(cache().resolve(TWO.path())).hasContent("second content");
        assertThat(notices)
                .containsExactly(
                        "Not used, since its SHA-256 is another one: " + cache().resolve(ONE.path()),
                        "Not used, since its SHA-256 is another one: " + cache().resolve(TWO.path()));
    }

    @Test
    void leavesAWrongJarOfTheLocalRepositoryAlone() throws Exception {
        put(local(), ONE, "First content");

        assertThat(find()).containsExactly(cache().resolve(ONE.path()), cache().resolve(TWO.path()));
        assertThat(local().resolve(ONE.path())).hasContent("First content");
        assertThat(notices)
                .containsExactly("Not used, since its SHA-256 is another one: " + local().resolve(ONE.path()));
    }

    @Test
    void refusesAWrongJarOfTheRepositoryAndKeepsNothingOfIt() throws Exception {
        put(remote(), TWO, "Second content");

        assertThatThrownBy(this::find)
                .hasMessage("Cannot use two-1.0.jar: the repository's SHA-256 is another one (url=" + url() + TWO.path()
                        + ", expected=" + TWO.sha256() + ", found="
                        + MavenJars.digest("Second content".getBytes(StandardCharsets.UTF_8)) + ")")
                .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
                .extracting(TidemarkException::code)
                .isEqualTo(ErrorCode.DEMO_DATABASE);
        try (Stream<Path> kept = Files.walk(cache())) {
            assertThat(kept.filter(Files::isRegularFile))
                    .as("what came before stays")
                    .containsExactly(cache().resolve(ONE.path()));
        }
    }

    @Test
    void readsNoMoreThanAJarIsLong() throws Exception {
        put(remote(), ONE, "first content and more");
        assertThatThrownBy(this::find)
                .hasMessage(
                        "Cannot download the server: the file has more than 13 bytes (url=" + url() + ONE.path() + ")");
        put(remote(), ONE, "first");
        assertThatThrownBy(this::find)
                .hasMessage(
                        "Cannot download the server: the file has less than 13 bytes (url=" + url() + ONE.path() + ")");
    }

    @Test
    void saysWhatTheRepositoryLacks() throws Exception {
        Files.delete(remote().resolve(ONE.path()));
        assertThatThrownBy(this::find)
                .hasMessage("Cannot download the server: the repository answered 404 (url=" + url() + ONE.path() + ")");
    }

    @Test
    void saysWhatToDoWithoutANetwork() {
        server.stop(0);
        assertThatThrownBy(this::find)
                .hasMessageStartingWith(
                        "Cannot download the server: Connection refused (url=" + url() + ONE.path() + ")")
                .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
                .extracting(TidemarkException::remedy)
                .isEqualTo(
                        "Start it again when the repository can be reached, which goes on where it ended; name another one"
                                + " with --maven-repository; or copy the folder " + cache()
                                + " from a machine on which it has run.");
    }

    private List<Path> find() throws InterruptedException {
        return new MavenJars(cache(), local(), URI.create(url().replaceFirst("/$", "")), notices::add)
                .find("the server", List.of(ONE, TWO), progress::add);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/maven/";
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(path);
            Path file = remote().resolve(path.substring("/maven/".length()));
            if (!Files.exists(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            // Without a length, so that the reader has to see the end itself.
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(Files.readAllBytes(file));
        }
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    private Path local() {
        return folder.resolve("local");
    }

    private Path remote() {
        return folder.resolve("remote");
    }

    private static MavenJar jar(String name, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return new MavenJar("org.example", name, "1.0", bytes.length, MavenJars.digest(bytes));
    }

    private static void put(Path repository, MavenJar jar, String content) throws IOException {
        Path file = repository.resolve(jar.path());
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
