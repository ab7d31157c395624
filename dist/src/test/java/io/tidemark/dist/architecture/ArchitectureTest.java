package io.tidemark.dist.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.core.importer.Locations;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {
    private static final String ROOT = "io.tidemark.";

    /** What each module may import of the others; only dist sees all. */
    private static final Map<String, List<String>> MAY_IMPORT = mayImport();

    private static JavaClasses classes;

    private static Map<String, List<String>> mayImport() {
        Map<String, List<String>> rules = new LinkedHashMap<>();
        rules.put("spi", List.of());
        rules.put("server", List.of());
        rules.put("testkit", List.of("spi", "server"));
        rules.put("parquet", List.of("spi"));
        rules.put("storage", List.of("spi", "parquet"));
        rules.put("slices", List.of("spi", "parquet"));
        rules.put("source", List.of("spi"));
        rules.put("lake", List.of("spi", "parquet", "storage"));
        rules.put("metastore", List.of("spi"));
        rules.put("query", List.of("spi"));
        rules.put("runner", List.of("spi"));
        rules.put("engine", List.of("spi"));
        rules.put("cli", List.of("spi", "engine"));
        rules.put("workload", List.of("spi", "server", "engine", "cli"));
        return rules;
    }

    @BeforeAll
    static void readAllModules() {
        Set<Location> locations = new HashSet<>(Locations.ofPackage("io.tidemark"));
        // Not on the class path: they have folders of their own.
        locations.add(Location.of(Path.of("..", "lakes", "hudi", "target", "classes")));
        locations.add(Location.of(Path.of("..", "runners", "aws", "target", "classes")));
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importLocations(locations);
        assertThat(classes).hasSizeGreaterThan(200);
    }

    @TestFactory
    List<DynamicTest> importsPointOneWay() {
        List<DynamicTest> tests = new ArrayList<>();
        MAY_IMPORT.forEach((module, allowed) -> tests.add(DynamicTest.dynamicTest(module, () -> {
            List<String> ours = new ArrayList<>(List.of(ROOT + module + ".."));
            allowed.forEach(other -> ours.add(ROOT + other + ".."));
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + module + "..")
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage("io.tidemark..").and(not(resideInAnyPackage(ours.toArray(String[]::new)))))
                    .check(classes);
        })));
        return tests;
    }

    @Test
    void everyModuleHasAPlaceInTheOrder() {
        TreeSet<String> modules = new TreeSet<>();
        for (JavaClass type : classes) {
            modules.add(type.getPackageName().substring(ROOT.length()).replaceFirst("\\..*", ""));
        }
        modules.remove("dist");

        assertThat(MAY_IMPORT.keySet()).containsAll(modules);
    }

    @Test
    void contractsDependOnNothing() {
        classes()
                .that()
                .resideInAPackage("io.tidemark.spi..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("io.tidemark.spi..", "java..", "com.sun.management", "org.jspecify.annotations")
                .check(classes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spi",
                "server",
                "testkit",
                "parquet",
                "slices",
                "source.postgres",
                "lake.upsert",
                "lake.iceberg",
                "lake.delta",
                "lake.hudi",
                "metastore.jdbc",
                "query",
                "runner.aws",
                "engine",
                "cli",
                "workload"
            })
    void packagesOfAModuleHaveNoCycles(String module) {
        slices().assignedFrom(packagesOf(ROOT + module))
                .should()
                .beFreeOfCycles()
                .check(classes);
    }

    @Test
    void onlyWhatTalksToPeopleUsesTheStandardStreams() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tidemark.cli..", "io.tidemark.workload..", "io.tidemark.dist..")
                .should(ACCESS_STANDARD_STREAMS)
                .check(classes);
    }

    @Test
    void nothingLogsThroughThePlatform() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.tidemark.dist..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging")
                .check(classes);
    }

    @Test
    void publicMethodsAreNotCalledGet() {
        methods().that().arePublic().should(notBeGetters()).check(classes);
    }

    @Test
    void namesSayWhatAThingIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
                .orShould()
                .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..manager..", "..impl..")
                .check(classes);
    }

    @Test
    void everyPackageSaysWhatItIsForAndIsNullMarked() {
        TreeSet<String> missing = new TreeSet<>();
        TreeSet<JavaPackage> packages = new TreeSet<>(java.util.Comparator.comparing(JavaPackage::getName));
        classes.forEach(type -> packages.add(type.getPackage()));
        for (JavaPackage found : packages) {
            boolean marked = found.tryGetPackageInfo()
                    .map(info -> info.isAnnotatedWith(NullMarked.class))
                    .orElse(false);
            if (!marked) {
                missing.add(found.getName());
            }
        }

        assertThat(missing).as("packages without a null-marked package-info").isEmpty();
    }

    private static SliceAssignment packagesOf(String module) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = type.getPackageName();
                return name.equals(module) || name.startsWith(module + ".")
                        ? SliceIdentifier.of(name)
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of " + module;
            }
        };
    }

    private static ArchCondition<JavaMethod> notBeGetters() {
        return new ArchCondition<>("not be called get...") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                if (method.getName().matches("get[A-Z].*")
                        && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !overridesForeign(method)) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName()));
                }
            }
        };
    }

    /** Whether the method's name was chosen by a library's type. */
    private static boolean overridesForeign(JavaMethod method) {
        List<JavaClass> supertypes = new ArrayList<>(method.getOwner().getAllRawInterfaces());
        supertypes.addAll(method.getOwner().getAllRawSuperclasses());
        return supertypes.stream()
                .filter(type -> !type.getPackageName().startsWith("io.tidemark"))
                .anyMatch(type -> isUnknown(type)
                        || type.getMethods().stream()
                                .anyMatch(other -> other.getName().equals(method.getName())
                                        && other.getRawParameterTypes().size()
                                                == method.getRawParameterTypes().size()));
    }

    /** A class of a library that is not on the class path. */
    private static boolean isUnknown(JavaClass type) {
        return !type.isInterface() && type.getMethods().isEmpty();
    }
}
