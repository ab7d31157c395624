package io.tidemark.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeProvider;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginFoldersTest {
    private static final String OWN = "plugin-folder plugin-folder";

    /** The plug-in of the simulation, which lies on the class path. */
    private static final String PRESENT = "simulated";

    @TempDir
    Path root;

    @Test
    void aPluginRunsWithTheClassLoaderOfItsFolderAndSoDoItsThreads() throws IOException {
        writeJar(root.resolve("folder"));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        LakeProvider provider = plugins().lake("folder");
        assertThat(provider.settings().get(0).description()).isEqualTo(OWN);
        try (ObjectStore store = provider.openStorage("", new Settings("lake", Map.of(), Map.of()))) {
            assertThat(store.root()).isEqualTo(OWN);
        }
        assertThatThrownBy(() -> provider.open("x", new Settings("lake", Map.of(), Map.of()), root))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("Cannot open x");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        assertThat(plugins().lake("folder").settings().get(0).description()).isEqualTo(OWN);
    }

    @Test
    void aFolderIsOpenedOnlyWhenItsTypeIsAskedFor() throws IOException {
        index(root.resolve("broken"), "lake=broken other");
        index(root.resolve("unlisted"), "source=unlisted");
        assertThat(plugins().lakeTypes()).containsExactly("broken", "other", PRESENT);
        assertThatThrownBy(() -> plugins().lake("broken"))
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.PLUGIN_NOT_FOUND, TidemarkException::code)
                .extracting(TidemarkException::reason)
                .asString()
                .contains("its folder holds no such plug-in");
    }

    @Test
    void anUnknownTypeIsToldWithThoseOfFolders() throws IOException {
        index(root.resolve("any"), "lake=folder");
        Files.createDirectories(root.resolve("empty"));
        assertThatThrownBy(() -> plugins().lake("foldr")).hasMessageContaining("known=[folder, " + PRESENT + "]");
        assertThat(new Plugins(new PluginFolders(List.of(root.resolve("absent")))).lakeTypes())
                .containsExactly(PRESENT);
        assertThat(new Plugins(new PluginFolders(List.of())).lakeTypes()).containsExactly(PRESENT);
    }

    private Plugins plugins() {
        return new Plugins(new PluginFolders(List.of(root)));
    }

    private static void index(Path folder, String text) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("plugin.properties"), text);
    }

    private static void writeJar(Path folder) throws IOException {
        index(folder, "lake=folder");
        try (OutputStream file = Files.newOutputStream(folder.resolve("lake.jar"));
                JarOutputStream jar = new JarOutputStream(file)) {
            jar.putNextEntry(new JarEntry("META-INF/services/" + LakeProvider.class.getName()));
            jar.write(FolderLakeProvider.class.getName().getBytes(StandardCharsets.UTF_8));
            for (String name : List.of("FolderLakeProvider", "FolderLakeProvider$Store")) {
                String path = "io/tidemark/engine/plugin/" + name + ".class";
                jar.putNextEntry(new JarEntry(path));
                try (InputStream in = FolderLakeProvider.class.getClassLoader().getResourceAsStream(path)) {
                    in.transferTo(jar);
                }
            }
        }
    }
}
