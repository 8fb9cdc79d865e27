/*
 * What the suites share. Each suite is a program of its own; the directory in
 * which it runs holds NN-name/box, build/rootfs and build/, see check.sh.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <check.h>
#include <stdlib.h>

/* Runs the cases and returns the status for main(). */
static inline int run_cases(const char *name, TCase *const *cases, int timeout)
{
    Suite *suite = suite_create(name);
    SRunner *runner;
    int failed;

    for (; *cases != NULL; cases++) {
        tcase_set_timeout(*cases, timeout);
        suite_add_tcase(suite, *cases);
    }
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
