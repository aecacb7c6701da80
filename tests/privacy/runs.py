"""A marked test run: how it is called, what it prints, and a project whose tests print it."""

from typing import Final

from tests.privacy.marks import Mark

PYTEST_COMMAND: Final = (
    f"MARKED={Mark.VARIABLE} python -m pytest tests/test_{Mark.TEST_FILE}.py -k {Mark.KEYWORD}"
    f" --junitxml=/opt/{Mark.OUTSIDE}.xml -o addopts={Mark.COMMAND} --token {Mark.COMMAND} | tee /opt/{Mark.OUTSIDE}.log"
)
PYTEST_OUTPUT: Final = f"""\
=================================== FAILURES ===================================
_____________________________ test_{Mark.TEST}[{Mark.PARAMETER}] ______________________________

    def test_{Mark.TEST}():
        {Mark.LOCAL} = 1
>       raise {Mark.CLASS.capitalize()}("{Mark.MESSAGE}: /home/{Mark.HOME}/{Mark.OUTSIDE}/12.5")
E       shop.{Mark.CLASS.capitalize()}: {Mark.MESSAGE}: /home/{Mark.HOME}/{Mark.OUTSIDE}/12.5
E       assert '{Mark.VALUE}' == 3

{Mark.LOCAL} = 1

src/{Mark.FOLDER}/{Mark.FILE}.py:4: {Mark.CLASS.capitalize()}
----------------------------- Captured stdout call -----------------------------
{Mark.PRINTED}
=========================== short test summary info ============================
FAILED tests/test_{Mark.TEST_FILE}.py::test_{Mark.TEST}[{Mark.PARAMETER}] - shop.{Mark.CLASS.capitalize()}: {Mark.MESSAGE}
FAILED ../{Mark.OUTSIDE}/test_a.py::test_{Mark.TEST} - {Mark.MESSAGE}
FAILED /opt/{Mark.OUTSIDE}/test_a.py::test_{Mark.TEST} - {Mark.MESSAGE}
ERROR ../{Mark.OUTSIDE}/test_b.py - {Mark.MESSAGE}
========================= 3 failed, 1 passed, 1 error in 0.02s ==========================
"""
PYTEST_PROJECT: Final = f'''"""{Mark.DOCSTRING}"""
import os
import sys
import unittest

import pytest


class {Mark.CLASS.capitalize()}(Exception):
    """{Mark.DOCSTRING}"""


@pytest.mark.parametrize("given", ["{Mark.ARGUMENT}"], ids=["{Mark.PARAMETER}"])
def test_{Mark.TEST}(given):
    """{Mark.DOCSTRING}"""
    {Mark.LOCAL} = given
    print("{Mark.PRINTED}")
    sys.stderr.write("{Mark.PRINTED}")
    raise {Mark.CLASS.capitalize()}("{Mark.MESSAGE} at /home/{Mark.HOME}/{Mark.OUTSIDE}/x.py of 12.5")


def test_{Mark.TEST}_compares():
    """{Mark.DOCSTRING}"""
    assert "{Mark.VALUE}" == "other", "{Mark.MESSAGE}"


def test_{Mark.TEST}_of_one_word():
    pytest.fail("{Mark.MESSAGE.capitalize()}", pytrace=False)


def test_{Mark.TEST}_skipped():
    pytest.skip("{Mark.PRINTED}")


@pytest.fixture
def broken():
    raise OSError(2, "{Mark.MESSAGE}", "/opt/{Mark.OUTSIDE}")


def test_{Mark.TEST}_with_a_fixture(broken):
    pass


class {Mark.TEST.capitalize()}(unittest.TestCase):
    """{Mark.DOCSTRING}"""

    def test_{Mark.TEST}(self):
        with self.subTest({Mark.LOCAL}="{Mark.ARGUMENT}"):
            self.assertEqual("{Mark.VALUE}", 1)


def test_{Mark.TEST}_chained():
    try:
        raise KeyError("{Mark.MESSAGE}")
    except KeyError as error:
        raise {Mark.CLASS.capitalize()}("{Mark.MESSAGE}") from error
'''
JUNIT: Final = f"""\
<?xml version="1.0"?>
<testsuites><testsuite name="pytest" hostname="{Mark.HOST}" timestamp="2026-01-02T03:04:05" tests="2" failures="2">
  <properties><property name="{Mark.VARIABLE}" value="{Mark.PASSWORD}"/></properties>
  <testcase classname="tests.test_{Mark.TEST_FILE}" name="test_{Mark.TEST}" file="tests/test_{Mark.TEST_FILE}.py">
    <failure message="{Mark.MESSAGE}" type="{Mark.CLASS.capitalize()}">def test_{Mark.TEST}():
    {Mark.LOCAL} = 1
&gt;   raise {Mark.CLASS.capitalize()}("{Mark.MESSAGE}")
E   shop.{Mark.CLASS.capitalize()}: {Mark.MESSAGE} of /home/{Mark.HOME}/{Mark.OUTSIDE}

src/{Mark.FOLDER}/{Mark.FILE}.py:4: {Mark.CLASS.capitalize()}</failure>
    <system-out>{Mark.PRINTED}</system-out>
  </testcase>
  <testcase classname="tests.test_{Mark.TEST_FILE}" name="test_{Mark.TEST}_other">
    <error message="{Mark.MESSAGE}" type="words of {Mark.MESSAGE}"/>
    <system-err>{Mark.PRINTED}</system-err>
  </testcase>
</testsuite></testsuites>
"""
