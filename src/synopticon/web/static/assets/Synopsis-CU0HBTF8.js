<<<<<<<< HEAD:src/synopticon/web/static/assets/Synopsis-CU0HBTF8.js
import{b as e,m as t,t as n}from"./Loaded-CDqxLCzi.js";var r=t();function i(){let{t}=e();return(0,r.jsxs)(`div`,{className:`page`,children:[(0,r.jsx)(`h1`,{children:t(`page.synopsis`)}),(0,r.jsx)(n,{title:t(`synopsis.none.title`),children:(0,r.jsx)(`p`,{children:t(`synopsis.none.text`)})})]})}export{i as default};
========
import{b as e,m as t,t as n}from"./Loaded-BHu63dRU.js";var r=t();function i(){let{t}=e();return(0,r.jsxs)(`div`,{className:`page`,children:[(0,r.jsx)(`h1`,{children:t(`page.synopsis`)}),(0,r.jsx)(n,{title:t(`synopsis.none.title`),children:(0,r.jsx)(`p`,{children:t(`synopsis.none.text`)})})]})}export{i as default};
>>>>>>>> main:src/synopticon/web/static/assets/Synopsis-C23p_atu.js
