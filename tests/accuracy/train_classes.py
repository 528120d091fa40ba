#!/usr/bin/env python3
"""Fits the weights of DrumClassifier. Use: train_classes.py FOLDER OUT.h, FOLDER from make_training.py
with, for each X.wav, X.wav.cand: per judged attack 27 little-endian floats, OnsetDetector::attackTime()
and classInputs()."""
import sys
import numpy as np, glob, os
C=['kick','snare','hat']
def load(cand, labs):
    x=np.fromfile(cand,'<f4').reshape(-1,27); t=x[:,0].astype(float); X=x[:,1:]
    Y=np.zeros((len(t),3)); W=np.ones((len(t),3))
    for k,c in enumerate(C):
        for (lt) in labs[c]:
            if len(t)==0: continue
            d=np.abs(t-lt); i=d.argmin()
            near=np.where(d<0.05)[0]; W[near,k]*=np.where(Y[near,k]>0,1,0.3)
            if d[i]<0.03: Y[i,k]=1; W[i,k]=1
    return X,Y,W
def labfile(f):
    L={c:[] for c in C}
    for l in open(f):
        p=l.split()
        if p[1] in L and int(p[2])>8: L[p[1]].append(float(p[0]))
    return L
def mdb(b):
    m={'KD':'kick','SD':'snare','HH':'hat','CY':'hat'}; L={c:[] for c in C}
    for l in open(b):
        p=l.split()
        if len(p)>1 and p[1] in m: L[m[p[1]]].append(float(p[0]))
    return L
tr=[];va=[];names=[]
for f in sorted(glob.glob(sys.argv[1]+'/*.wav.cand')):
    lab=f.replace('.wav.cand','.lab')
    d=load(f,labfile(lab)); w=7.0 if 'seq_' in f else 1.0
    (va if hash(os.path.basename(f).split('_')[1])%5==0 and 0 else tr).append((d[0],d[1],d[2]*w))
M=[]
X,Y,W=[np.concatenate([d[i] for d in tr]) for i in range(3)]
print(X.shape,Y.mean(0))
rng=np.random.default_rng(0)
mu,sd=X.mean(0),X.std(0)+1e-3
P=[rng.normal(0,.25,(26,16)),np.zeros(16),rng.normal(0,.25,(16,3)),np.zeros(3)]
m1=[np.zeros_like(p) for p in P]; m2=[np.zeros_like(p) for p in P]; step=0
Xs=(X-mu)/sd; n=len(Xs)
def forward(x): h=np.maximum(0,x@P[0]+P[1]); return h,h@P[2]+P[3]
def score(X,Y):
    o=forward((X-mu)/sd)[1]>0; r=[]
    for k in range(3):
        tp=(o[:,k]&(Y[:,k]>0)).sum(); r.append('%.3f(%.2f/%.2f)'%(2*tp/max(1,o[:,k].sum()+Y[:,k].sum()),tp/max(1,o[:,k].sum()),tp/max(1,Y[:,k].sum())))
    return r
A,D,NZ=0.5,0.6,0.3 # spread of level, of rise, of everything: makes it hold for other kits
def aug(x):
    x=x.copy(); n=len(x)
    knots=rng.normal(0,A,(n,4)); pos=np.linspace(0,3,13); lo=np.minimum(pos.astype(int),2); fr=pos-lo
    off=knots[:,lo]*(1-fr)+knots[:,lo+1]*fr
    x[:,13:]+=off+rng.normal(0,A/3,(n,13))
    x[:,:13]*=np.exp(rng.normal(0,D,(n,1)))*np.exp(rng.normal(0,D/2,(n,13)))
    return (x-mu)/sd+NZ*rng.normal(size=x.shape)
EPOCHS=24
for ep in range(EPOCHS):
    rate=4e-3*0.85**ep; perm=rng.permutation(n)
    for i in range(0,n,256):
        j=perm[i:i+256]; x=aug(X[j]); h,o=forward(x); q=1/(1+np.exp(-o)); d=(q-Y[j])*W[j]/len(j)
        dh=(d@P[2].T)*(h>0); G=[x.T@dh,dh.sum(0),h.T@d,d.sum(0)]; step+=1
        for p,g,u,v in zip(P,G,m1,m2):
            g=g+1e-5*p; u*=.9; u+=.1*g; v*=.999; v+=.001*g*g; p-=rate*(u/(1-.9**step))/(np.sqrt(v/(1-.999**step))+1e-8)
    if ep%8==7: print(ep,'train',score(X,Y),'check',score(np.concatenate([m[0] for m in M]),np.concatenate([m[1] for m in M])) if M else '',flush=True)
w1=(P[0]/sd[:,None]).T; b1=P[1]-w1@mu; w2=P[2].T; b2=P[3]
def arr(name,n,v):
    v=v.ravel(); s='inline constexpr std::array<float, %s> %s{\n'%(n,name)
    for i in range(0,len(v),10): s+='    '+', '.join('%.4gf'%x if ('.' in '%.4g'%x or 'e' in '%.4g'%x) else '%.4g.f'%x for x in v[i:i+10])+',\n'
    return s.rstrip(',\n')+'};\n'
open(sys.argv[2],'w').write('''#pragma once
// Weights of DrumClassifier: 26 inputs, 16 hidden units (ReLU), log odds of kick, snare, hat. Made by
// tests/accuracy/make_training.py and train_classes.py from Groove MIDI performances (Gillick et al.
// 2019, CC BY 4.0) on eight kits, random sequences of CC0 strokes, and a voice without drums.
#include <array>

namespace titanus::analysis::drum_weights {

'''+arr('kHiddenWeights','16 * 26',w1)+arr('kHiddenBias','16',b1)+arr('kOutWeights','3 * 16',w2)+arr('kOutBias','3',b2)+'''
} // namespace titanus::analysis::drum_weights
''')
