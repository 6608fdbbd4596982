import logging, traceback, collections
from time import perf_counter
import os
from hypothesis import settings, given, HealthCheck, Phase
from tests.web.test_bad_input import stands_in_its_frame, used, can_be_lived_with
from tests.web.hostile import *

def test_collect(app, cast, client_of):
    t0=perf_counter()
    world = make_world(app, cast, client_of)
    print("WORLD", os.times())
    found = collections.defaultdict(list)
    class H(logging.Handler):
        def emit(self, record):
            if record.exc_info:
                tb_ = traceback.extract_tb(record.exc_info[2])
                ours = [f"{f.filename.split('/')[-1]}:{f.lineno}" for f in tb_ if 'marketplace' in f.filename or 'templates' in f.filename]
                cur[0] = (type(record.exc_info[1]).__name__, str(record.exc_info[1])[:80], ours[-1] if ours else '', f"{tb_[-1].filename.split('/')[-1]}:{tb_[-1].lineno}")
    cur=[None]
    logging.getLogger().addHandler(H())
    stat = collections.Counter()
    @settings(max_examples=int(os.environ.get("FUZZED","500")), suppress_health_check=list(HealthCheck), phases=[Phase.generate], database=None)
    @given(requests(world.app))
    def fuzz(sent):
        cur[0]=None
        try:
            answer = send(world, sent)
            stat[(sent.method, answer.status_code)]+=1
            if sent.method=='POST' and answer.status_code<400: stat[('OK',sent.endpoint)]+=1
            stands_in_its_frame(sent, answer)
            changed = world.changed() - used(sent, answer)
            assert not changed or (sent.method == "POST" and answer.status_code < 400), changed
            if changed:
                can_be_lived_with(world)
                world.put_back()
        except BaseException as e:
            fr=traceback.extract_tb(e.__traceback__)
            k = cur[0] or (type(e).__name__, str(e)[:200], f"{fr[-1].filename.split('/')[-1]}:{fr[-1].lineno}")
            found[k].append(sent)
            world.put_back()
    fuzz()
    print("TIME", os.times())
    for k,v in sorted(stat.items(), key=str): print(k,v)
    for k, v in found.items():
        print("=====", len(v), k); s=min(v,key=lambda x: len(repr(x))); print(repr(s)[:700])
