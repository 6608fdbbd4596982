"""Schools and companies ask each other something, and answer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from marketplace.questions import actions as questions
from marketplace.questions.facts import QuestionText
from marketplace.questions.models import Question
from marketplace.questions.states import QuestionState
from marketplace.seed.story import Data, Event, Story, read

CHOICES = ("people", "town", "within", "format", "subjects", "time_wish")


def asking(story: Story) -> Iterator[Event]:
    """Each question, the answers to it, and its end if somebody ended it."""
    for data in read("questions")["question"]:
        asked: list[Question] = []
        yield Event(story.ago(data["asked"]), partial(_ask, story, data, asked))
        for each in data.get("answers", ()):
            yield Event(story.ago(each["days"]), partial(_answer, story, each, asked))
        if "ended" in data:
            yield Event(story.ago(data["ended"]), partial(_end, story, data, asked))


def _ask(story: Story, data: Data, asked: list[Question], now: datetime) -> None:
    text = QuestionText(
        title=data["title"],
        text=data["text"].strip(),
        from_on=_day(story, data["from"]),
        until_on=_day(story, data["until"]),
        profiles=tuple(data.get("profiles", ())),
        **{name: data[name] for name in CHOICES if name in data},
    )
    made = questions.ask(
        organisation=story.organisations[data["of"]],
        person=story.people[data["by"]],
        asked=text,
        made_with=None,
        now=now,
    )
    asked.append(made)


def _day(story: Story, days: int) -> date:
    return story.today + timedelta(days=days)


def _answer(story: Story, data: Data, asked: list[Question], now: datetime) -> None:
    person = story.people[data["by"]]
    if "offer" in data:
        offer = story.offers[data["offer"]]
        questions.answer_with(question=asked[0], offer=offer, person=person, now=now)
    elif person.school:
        message, school = data["message"], person.school
        questions.show_interest(question=asked[0], school=school, person=person, message=message, now=now)


def _end(story: Story, data: Data, asked: list[Question], now: datetime) -> None:
    if data["state"] == QuestionState.REMOVED:
        by = story.people["wim"].code
        questions.take_down(question=asked[0], reason=data["reason"], by=by, now=now)
    else:
        questions.close(question=asked[0], by=story.people[data["by"]].code, now=now)
