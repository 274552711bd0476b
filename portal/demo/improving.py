"""What An Nhiên Retail did about its results so far: actions, promises and what people were told, in their own words.

Everything goes through the same actions people press, with the clock held at that day.
"""

from collections.abc import Iterator
from datetime import timedelta

from improvement import actions
from improvement.actions import ActionPlan, NoteWords, Promise
from improvement.causes import Cause
from improvement.models import Action, Commitment
from people.days import today
from people.models import Employee, Unit
from portal.demo.chapters import Told, days_ago
from portal.demo.company import SIGN_INS
from portal.lib import clock
from pulses.models import Question, QuestionBank

BRANCH = "BL-DN-HC"


def play_improvement() -> None:
    """All of it, whatever the waves do."""
    Told(chapters()).play_until(clock.now())


def chapters() -> Iterator[int]:
    """Each chapter waits until it is asked for; what is yielded is how many days ago it plays."""
    yield from promises()
    yield from autumn()
    yield from lately()


def promises() -> Iterator[int]:
    """What three leaders promised, early enough for people to have been asked about it."""
    yield 80
    with days_ago(80):
        promise(BRANCH, "Khách phải chờ quá mười phút thì tôi ra quầy phụ", "Ai đứng quầy giờ cao điểm cũng thấy", 95)
        promise("VH-KHO", "Kho trả lời quầy trong mười lăm phút", "Bảng giờ trả lời treo ở phòng kho", 100)
        promise("BL-DN", "Mỗi tháng tôi làm một ca ở một chi nhánh", "Lịch ca dán ở ba chi nhánh", 110)


def autumn() -> Iterator[int]:
    """Actions begun, dropped and done, a promise kept, and what people were told."""
    branch, company = Unit.objects.get(code=BRANCH), Unit.objects.get(code="AN")
    employee = Employee.objects.get(number=SIGN_INS["employee"])
    yield 45
    with days_ago(45):
        exchange = begin(BRANCH, "Nhân viên quầy tự duyệt đổi hàng dưới 500.000 đồng", "P2", 25, owner=employee)
        promise("AN", "Mỗi tháng tôi đứng quầy một buổi và nghe khách", "Lịch đứng quầy dán ở bảng tin", 66)
        kept = promise(BRANCH, "Họp giao ca nào cũng kể một chuyện của khách", "Sổ giao ca có mục “chuyện khách”", 20)
    yield 40
    with days_ago(40):
        promise("BL-DN", "Trả lời mọi vướng mắc báo lên trong hai ngày làm việc", "Sổ vướng mắc có ngày trả lời", 39)
        merged = begin("HT-KT", "Gộp hai mẫu giấy hoàn tiền thành một", "R3", 14)
    yield 27
    with days_ago(27):
        actions.drop_action(action=merged, reason="Phòng Công nghệ đang bỏ cả hai mẫu giấy.", by=merged.owner)
    yield 26
    with days_ago(26):
        told = NoteWords(
            heard="Nhiều người muốn biết khách hàng nói gì về công ty sau mỗi tháng.",
            done="Từ tháng này, kết quả khảo sát khách hàng được gửi cho mọi đơn vị vào ngày làm việc đầu tiên.",
            not_yet="Xe đưa đón ca đêm: chưa có ngân sách. Chúng tôi sẽ trả lời trước cuối quý.",
        )
        assert company.leader is not None
        actions.publish_note(unit=company, words=told, by=company.leader)
        assert branch.leader is not None
        begin(BRANCH, "Dán điểm hài lòng của khách ở phòng nghỉ mỗi thứ Hai", "M1", 23, owner=branch.leader)
        said = "Bốn tuần liền sổ giao ca nào cũng có một chuyện của khách."
        actions.settle_commitment(commitment=kept, kept=True, outcome=said, by=branch.leader)
    yield 24
    with days_ago(24):
        evidence = "Bảng phân quyền dán ở quầy; tuần đầu có 31 lượt đổi hàng không phải chờ chữ ký."
        actions.finish_action(action=exchange, evidence=evidence, tells=True, by=branch.leader)


def lately() -> Iterator[int]:
    """What is under way now."""
    yield 12
    with days_ago(12):
        begin("VH-KHO", "Kho trả lời quầy trong 15 phút, có người trực điện thoại", "P7", 30)
        begin("KH-TT", "Gọi lại khách chưa hài lòng trong 48 giờ", "M3", 40)
        begin("BL-DN", "Mỗi thứ Hai ba trưởng chi nhánh họp để gỡ vướng mắc của khách", "R5", 35)
        begin(BRANCH, "Người mới đi cùng người cũ một tuần", "P3", 28)
        promise(BRANCH, "Tôi tự gọi lại ba khách chưa hài lòng mỗi tuần", "Bảng ghi cuộc gọi ở phòng họp", 40)


def begin(code: str, title: str, question: str, days: int, owner: Employee | None = None) -> Action:
    """The unit's leader starts an action because of a question of the bank."""
    unit = Unit.objects.select_related("leader").get(code=code)
    leader = unit.leader
    assert leader is not None
    asked = Question.objects.get(
        bank=QuestionBank.objects.filter(code="bearing-pulse").latest("version"), code=question
    )
    cause = Cause("pulses", f"bank:{unit.pk}:{question}", dict(asked.words))
    due_on = today() + timedelta(days=days)
    plan = ActionPlan(title=title, what="", pillar=asked.pillar, owner=owner or leader, due_on=due_on)
    return actions.start_action(unit=unit, plan=plan, cause=cause, by=leader)


def promise(code: str, what: str, seen_by: str, days: int) -> Commitment:
    """The unit's leader promises something in public."""
    unit = Unit.objects.select_related("leader").get(code=code)
    assert unit.leader is not None
    made = Promise(what=what, seen_by=seen_by, pillar="leadership", due_on=today() + timedelta(days=days))
    return actions.make_commitment(unit=unit, promise=made, by=unit.leader)
