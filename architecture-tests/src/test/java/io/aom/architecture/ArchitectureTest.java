package io.aom.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The rules of the house that the compiler does not check. */
class ArchitectureTest {
  private static final String BASE = "io.aom";
  private static final List<String> SERVICES =
      List.of("gateway", "ingest", "metrics", "logs", "topology", "alarm");
  private static final String[] PURE = {
    BASE + ".telemetry..",
    BASE + ".metrics.promql..",
    BASE + ".logs.query.lang..",
    BASE + ".logs.block..",
    BASE + ".topology.block..",
    BASE + ".alarm.rule..",
    BASE + ".alarm.state.."
  };
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(BASE);

  @TestFactory
  Stream<DynamicTest> house() {
    return Stream.<ArchRule>of(
            slices()
                .matching(BASE + ".(*).(*)..")
                .should()
                .beFreeOfCycles()
                .because("a cycle means that two packages are really one"),
            noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                    "org.springframework..",
                    "org.apache.kafka..",
                    "org.opensearch..",
                    "tools.jackson..")
                .because("the pure core is tested without a container; adapt at its edge instead"),
            noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now")
                .because("time comes in as a parameter"),
            noClasses()
                .that()
                .resideInAPackage(BASE + ".blockstore..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(servicePackages())
                .because("the block store knows no signal"),
            noClasses()
                .that()
                .resideInAPackage(BASE + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml.jackson.databind..", "java.util.logging..")
                .because("there is one JSON library and one logging facade"),
            classes()
                .that()
                .haveSimpleNameEndingWith("Controller")
                .and()
                .resideInAPackage(BASE + "..")
                .should()
                .bePackagePrivate()
                .because("only Spring calls a controller"),
            noClasses()
                .that()
                .resideInAPackage(BASE + "..")
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
                .because("a name says what a thing is"),
            noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage(BASE + "..")
                .should()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .because("what an object needs comes through its constructor"))
        .map(ArchitectureTest::test);
  }

  @TestFactory
  Stream<DynamicTest> servicesMeetInKafkaHttpAndOpenSearchOnly() {
    return SERVICES.stream()
        .map(
            service ->
                test(
                    noClasses()
                        .that()
                        .resideInAPackage(BASE + "." + service + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                            SERVICES.stream()
                                .filter(other -> !other.equals(service))
                                .map(other -> BASE + "." + other + "..")
                                .toArray(String[]::new))
                        .because("a service never depends on another one")));
  }

  private static String[] servicePackages() {
    return SERVICES.stream().map(name -> BASE + "." + name + "..").toArray(String[]::new);
  }

  private static DynamicTest test(ArchRule rule) {
    return DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CODE));
  }
}
